"""Tokens that are mailed and stored nowhere: derived from a row's id under a pepper, recognized by their digest."""

import base64
import hashlib
import hmac
from uuid import UUID

from shared.values import Pepper


def derive(purpose: str, identity: UUID, pepper: Pepper) -> str:
    """Return the one token of a row: 256 bits, as 43 base64url letters. Another purpose gives another token."""
    drawn = hmac.digest(pepper.secret, f"{purpose}:{identity}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(drawn).rstrip(b"=").decode()


def digest(token: str) -> str:
    """Return what is stored of a token: its SHA-256, in hex. It is random enough that nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
