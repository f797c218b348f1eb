"""GitHub's signature under an alert of its secret scanning. The only importer of cryptography.

Source: https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program
"""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from shared.config import Settings
from shared.errors import Problem, Unauthenticated, Unavailable
from shared.logs import logger
from shared.values import Secret
from shared.wire import wire_to

OK = 200
# GitHub answers 60 of these requests an hour and address, so keys are kept, and GitHub is asked once a minute at most,
# whatever strangers send and whatever it answers.
KEPT_SECONDS = 1800.0
SOONEST_SECONDS = 60.0
IDENTIFIER = re.compile(r"[0-9a-f]{40,64}", re.ASCII)

PublicKeys = Mapping[str, EllipticCurvePublicKey]
Fetch = Callable[[str, Secret], PublicKeys]


class Keys:
    """GitHub's public keys by their identifiers, as last fetched."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        """Fetch nothing yet."""
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._keys: PublicKeys = {}
        self._fetched = float("-inf")
        self._tried = float("-inf")

    def find(self, url: str, token: Secret, identifier: str) -> EllipticCurvePublicKey:
        """Return a key; raises Unauthenticated for one that GitHub does not publish, Unavailable without an answer.

        When GitHub does not answer, keys fetched before are good for as long as this process lives.
        """
        # One that is known and fresh waits for nobody.
        if not self._fresh(identifier):
            with self._lock:
                if not self._fresh(identifier) and self._clock() - self._tried >= SOONEST_SECONDS:
                    self._refresh(url, token)
        if identifier in self._keys:
            return self._keys[identifier]
        if self._keys:
            raise Unauthenticated("This signature is under a key that GitHub does not publish.")
        raise Unavailable(cause="GitHub's public keys could not be fetched within the last minute")

    def _fresh(self, identifier: str) -> bool:
        return identifier in self._keys and self._clock() - self._fetched <= KEPT_SECONDS

    def _refresh(self, url: str, token: Secret) -> None:
        self._tried = self._clock()
        try:
            self._keys, self._fetched = self._fetch(url, token), self._clock()
        except Problem as problem:
            logger.warning(
                "GitHub's keys not fetched", extra={"fields": {"code": problem.code, "cause": problem.cause}}
            )


def fetch(url: str, token: Secret) -> PublicKeys:
    """Return the keys that are published at `url`; raises Unavailable for any other answer than such a list."""
    parts = urlsplit(url)
    headers = {"Accept": "application/json", "User-Agent": "mainstay"}
    if token.reveal():
        headers["Authorization"] = f"Bearer {token.reveal()}"
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


@dataclass(frozen=True, slots=True)
class Signature:
    """What GitHub says of who signed: the key's identifier, and ECDSA over P-256 and SHA-256 as DER in base64."""

    identifier: str | None
    text: str | None

    def check(self, raw: bytes, settings: Settings, keys: Keys = _keys) -> None:
        """Raise Unauthenticated unless GitHub signed these bytes. What cannot be a signature costs no fetch."""
        if not self.identifier or not self.text:
            raise Unauthenticated("GitHub's signature is missing.", presented=False)
        try:
            der = base64.b64decode(self.text, validate=True)
        except ValueError as wrong:
            raise Unauthenticated("This is not a signature in base64.") from wrong
        if not IDENTIFIER.fullmatch(self.identifier):
            raise Unauthenticated("This is not the identifier of one of GitHub's keys.")
        try:
            keys.find(settings.github_keys_url, settings.github_token, self.identifier).verify(
                der, raw, ECDSA(SHA256())
            )
        except InvalidSignature as wrong:
            raise Unauthenticated("This is not GitHub's signature under these bytes.") from wrong
