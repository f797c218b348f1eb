"""GitHub's signature under an alert of its secret scanning. The only importer of cryptography.

Source: https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program
"""

import base64
import binascii
import json
import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from shared.errors import Problem, Unauthenticated, Unavailable
from shared.wire import wire_to

OK = 200
# GitHub answers 60 of these requests an hour and address, so keys are kept; one that is not among them is looked for
# once a minute at most, however many alerts name it.
KEPT_SECONDS = 1800.0
SOONEST_SECONDS = 60.0

PublicKeys = Mapping[str, EllipticCurvePublicKey]


class Keys:
    """GitHub's public keys by their identifiers, as last fetched."""

    def __init__(self, fetch: Callable[[str], PublicKeys], clock: Callable[[], float] = time.monotonic) -> None:
        """Fetch nothing yet."""
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._keys: PublicKeys = {}
        self._fetched = float("-inf")
        self._tried = float("-inf")

    def find(self, url: str, identifier: str) -> EllipticCurvePublicKey:
        """Return a key; raises Unauthenticated for one that GitHub does not publish, Unavailable without an answer.

        When GitHub does not answer, keys fetched before are good for as long as this process lives.
        """
        with self._lock:
            age = self._clock() - self._fetched
            if age > KEPT_SECONDS or identifier not in self._keys:
                self._refresh(url, identifier)
            if identifier not in self._keys:
                raise Unauthenticated("This signature is under a key that GitHub does not publish.")
            return self._keys[identifier]

    def _refresh(self, url: str, identifier: str) -> None:
        if self._clock() - self._tried < SOONEST_SECONDS:
            return
        self._tried = self._clock()
        try:
            self._keys, self._fetched = self._fetch(url), self._clock()
        except Problem:
            if identifier not in self._keys:
                self._tried = float("-inf")
                raise


def fetch(url: str) -> PublicKeys:
    """Return the keys that are published at `url`; raises Unavailable for any other answer than such a list."""
    parts = urlsplit(url)
    headers = {"Accept": "application/json", "User-Agent": "mainstay"}
    reply = wire_to(f"{parts.scheme}://{parts.netloc}").send("GET", parts.path, headers)
    if reply.status != OK:
        raise Unavailable(cause=f"{parts.netloc} answered {reply.status} for its public keys")
    try:
        return {each["key_identifier"]: _public_key(each["key"]) for each in json.loads(reply.body)["public_keys"]}
    except (ValueError, KeyError, TypeError) as odd:
        raise Unavailable(cause=f"{parts.netloc} published keys in another shape") from odd


def _public_key(pem: str) -> EllipticCurvePublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError("not a key of an elliptic curve")
    return key


_keys = Keys(fetch)


def verify(raw: bytes, identifier: str | None, signature: str | None, url: str, keys: Keys = _keys) -> None:
    """Raise Unauthenticated unless GitHub signed these bytes: ECDSA over P-256 and SHA-256, DER in base64."""
    if not identifier or not signature:
        raise Unauthenticated("GitHub's signature is missing.", presented=False)
    try:
        keys.find(url, identifier).verify(base64.b64decode(signature, validate=True), raw, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error) as wrong:
        raise Unauthenticated("This is not GitHub's signature under these bytes.") from wrong
