"""One field of the reference: a sentence, and a value that its model takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """What a field means, and an example of it."""

    means: str
    example: object
    # Left out of examples of what is sent: another field says the same, or it is right for a while only.
    spare: bool = False
