"""What is wrong with a field, in our own words: pydantic's speak to programmers, or quote what the client sent."""

from collections.abc import Mapping

NUMBER = "This must be a number."
WHOLE = "This must be a whole number."
UUID = "This must be a UUID."
FLAG = "This must be true or false."
MOMENT = "This must be a date and time with its zone, such as 2026-11-21T02:31:00Z."
OTHER = "This is not a value that is taken here."
# By pydantic's types of errors; in braces stands what it knows of the bound that was broken.
SAYS = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known here. Leave it out.",
    "string_type": "This must be text.",
    "string_too_short": "This needs at least {min_length} characters.",
    "string_too_long": "This can have {max_length} characters at most.",
    "string_pattern_mismatch": "This does not have the form that is taken here.",
    "list_type": "This must be a list.",
    "too_short": "This needs at least {min_length} entries.",
    "too_long": "This can have {max_length} entries at most.",
    "dict_type": "This must be a JSON object.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than_equal": "This must be {le} or less.",
    "literal_error": "This must be {expected}.",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "bool_type": FLAG,
    "bool_parsing": FLAG,
    "uuid_type": UUID,
    "uuid_parsing": UUID,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "datetime_object_invalid": MOMENT,
    "timezone_aware": MOMENT,
}
EMPTY = "This cannot be empty."


def sentence_of(kind: str, context: Mapping[str, object]) -> str:
    """Return what is said of an error of pydantic's; where a validator of ours raised it, that one's own words."""
    if kind == "value_error":
        said = str(context["error"])
        return f"{said[:1].upper()}{said[1:]}."
    if context.get("min_length") == 1:
        return EMPTY
    return SAYS.get(kind, OTHER).format_map(context)
