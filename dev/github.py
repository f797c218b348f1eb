"""GitHub's part when a key leaks, doubled at the wire: the public keys it publishes and the alerts that it signs."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey as PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

# Where the gateway publishes what api.github.com does under /meta/public_keys/secret_scanning.
PATH = "/github/public_keys"


def make_key() -> str:
    """Return a new private key as PEM."""
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def published(pem: str) -> dict[str, list[dict[str, object]]]:
    """Return the document of public keys that goes with a private one."""
    public = _public(pem)
    return {"public_keys": [{"key_identifier": _identifier(public), "key": public, "is_current": True}]}


def sign(pem: str, raw: bytes) -> dict[str, str]:
    """Return the headers with which GitHub would send these bytes."""
    signature = base64.b64encode(_private(pem).sign(raw, ECDSA(SHA256()))).decode()
    return {
        "Github-Public-Key-Identifier": _identifier(_public(pem)),
        "Github-Public-Key-Signature": signature,
        "Content-Type": "application/json",
    }


def _private(pem: str) -> PrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, PrivateKey):
        raise TypeError("not a key of an elliptic curve")
    return key


def _public(pem: str) -> str:
    return _private(pem).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _identifier(public: str) -> str:
    return hashlib.sha256(public.encode()).hexdigest()
