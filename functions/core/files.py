"""A file that is served as it is: with a version, so that a client that has it already gets no second copy."""

import hashlib

from shared.endpoint import Answer, Call

UNCHANGED = 304


def serve(call: Call, content: bytes, media: str, headers: dict[str, str]) -> Answer:
    """Answer with the content, or with 304 where the client has this version."""
    version = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {**headers, "ETag": version}
    if _has(call.door.visit.header(b"if-none-match"), version):
        return Answer(b"", media, told, status=UNCHANGED)
    return Answer(content, media, told)


def _has(versions: str | None, version: str) -> bool:
    # RFC 9110, 13.1.2: compared weakly, for a gateway that compresses may have weakened ours.
    listed = [each.strip().removeprefix("W/") for each in (versions or "").split(",")]
    return version in listed or listed == ["*"]
