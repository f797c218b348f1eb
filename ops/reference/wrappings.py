"""The shapes around every answer: ours for success and failure, and RFC 9457's."""

from typing import Any

from ops.reference import codes
from shared.visit import REQUEST_ID

STAMPS: dict[str, Any] = {
    "timestamp": {"type": "string", "format": "date-time", "description": "When it was answered, in UTC."},
    "requestId": {
        "type": "string",
        "pattern": f"^{REQUEST_ID.pattern}$",
        "description": "The id of this request, as in the header X-Request-Id.",
    },
}
DETAIL: dict[str, Any] = {
    "type": "object",
    "required": ["field", "problem"],
    "properties": {
        "field": {"type": "string", "description": "The field, with dots into what is nested; empty for the whole."},
        "problem": {"type": "string", "description": "What is wrong with it."},
    },
}
CODE: dict[str, Any] = {
    "type": "string",
    "enum": sorted(kind.code for kind in codes.problems()),
    "description": "What went wrong, for programs.",
}
DETAILS: dict[str, Any] = {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Detail"}}
ANY: dict[str, Any] = {"description": "What is known nevertheless."}
WRAPPINGS: dict[str, dict[str, Any]] = {
    "Success": {
        "type": "object",
        "description": "Around what every successful request is answered.",
        "required": ["success", "data", "timestamp", "requestId"],
        "properties": {"success": {"const": True}, "data": {"description": "The answer itself."}, **STAMPS},
    },
    "Failure": {
        "type": "object",
        "description": "How every request that is refused is answered.",
        "required": ["success", "error", "timestamp", "requestId"],
        "properties": {
            "success": {"const": False},
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"$ref": "#/components/schemas/Code"},
                    "message": {"type": "string", "description": "What to do, for people."},
                    "details": DETAILS,
                },
            },
            "data": ANY,
            **STAMPS,
        },
    },
    "Problem": {
        "type": "object",
        "description": "The same as RFC 9457 wants it, for Accept: application/problem+json.",
        "required": ["type", "title", "status", "detail", "code", "timestamp", "requestId"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "What to do, for people."},
            "code": {"$ref": "#/components/schemas/Code"},
            "errors": DETAILS,
            "data": ANY,
            **STAMPS,
        },
    },
    "Code": CODE,
    "Detail": DETAIL,
}
