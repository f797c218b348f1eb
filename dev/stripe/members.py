"""Setting members of an object from parameters: an empty text unsets, metadata is merged key by key."""

from collections.abc import Iterable

from dev.stripe.contract import Parameters
from dev.stripe.refusal import invalid
from dev.stripe.shapes import Object

# https://docs.stripe.com/api/metadata
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


def metadata(params: Parameters, present: Object | None = None) -> Object:
    """Return the metadata after a request; an empty value removes a key, an empty text all of them."""
    given = params.get("metadata")
    if given == "":
        return {}
    merged = {key: value for key, value in ((present or {}) | (given or {})).items() if value != ""}
    for key, value in merged.items():
        if len(key) > LONGEST_KEY:
            raise invalid(f"Metadata keys can have up to {LONGEST_KEY} characters: {key}", "metadata")
        if len(value) > LONGEST_VALUE:
            raise invalid(f"Metadata values can have up to {LONGEST_VALUE} characters: {key}", f"metadata[{key}]")
    if len(merged) > MOST_KEYS:
        raise invalid(f"You can have up to {MOST_KEYS} keys of metadata.", "metadata")
    return merged


def put(thing: Object, params: Parameters, names: Iterable[str]) -> None:
    """Set the members that a request names; an empty text makes them null."""
    for name in names:
        if name in params:
            thing[name] = params[name] if params[name] != "" else None
    if "metadata" in params:
        thing["metadata"] = metadata(params, thing.get("metadata"))
