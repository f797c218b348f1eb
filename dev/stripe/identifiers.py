"""Identifiers in Stripe's form. The same seed gives the same ones, so that a failed test can be looked at again."""

import random
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 24


class Identifiers:
    """A stream of identifiers; None as the seed gives others each time."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - names of things that do not exist, not secrets

    def make(self, prefix: str, length: int = LENGTH) -> str:
        """Return the next one, for example `cus_4f…`."""
        return f"{prefix}_{''.join(self._random.choices(ALPHABET, k=length))}"
