"""Where a buyer is sent back to: a path that the client names, at an origin that only our settings name."""

import re
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field

from shared.endpoint import Call
from shared.shapes import Input

# What RFC 3986 has in paths, queries and fragments, of which none has a meaning to Stripe: no braces.
FORM = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*", re.ASCII)
DOTS = {"", ".", ".."}


def _is_plain(path: str) -> bool:
    """Tell whether this is a path on any origin, and stays one however often it is decoded."""
    decoded = path
    for _ in range(5):
        segments = re.split(r"[?#]", decoded, maxsplit=1)[0].split("/")[1:]
        # The last segment may be empty: /billing/.
        strange = any(each in DOTS for each in segments[:-1]) or segments[-1:] in ([".."], ["."])
        if not decoded.startswith("/") or strange or re.search(r"[\\\x00-\x1f\x7f]", decoded):
            return False
        before, decoded = decoded, unquote(decoded)
        if before == decoded:
            return True
    return False


def _path(value: str) -> str:
    if not FORM.fullmatch(value) or not _is_plain(value):
        raise ValueError("needs a path that begins with one slash, such as /billing?paid=yes")
    return value


Path = Annotated[str, Field(max_length=500), AfterValidator(_path)]


class Return(Input):
    """Where a buyer comes back to."""

    return_path: Path = "/"


def joined(call: Call, path: str) -> str:
    """Return a path at the web client that is asking, if our settings name its origin, else at APP_URL."""
    usual = urlsplit(call.settings.app_url)
    origin = call.door.visit.origin
    at = origin if origin in call.settings.app_origins else f"{usual.scheme}://{usual.netloc}"
    return f"{at}{path}"
