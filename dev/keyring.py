"""The secrets of one stack: made once, kept in one file that only its owner reads."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from dev import github
from dev.folder import Folder
from dev.trouble import Trouble
from ops.function_keys import make_secret

ROLES = ("supabase_admin", "postgres", "authenticator", "supabase_auth_admin")

Jwk = dict[str, str | list[str]]


def _publishable_key() -> str:
    return f"sb_publishable_{secrets.token_urlsafe(16)}_{secrets.token_hex(4)}"


def _secret_key() -> str:
    return f"sb_secret_{secrets.token_urlsafe(24)}_{secrets.token_hex(4)}"


def _signing_key() -> Jwk:
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = numbers.public_numbers
    coordinates = {"x": public.x, "y": public.y, "d": numbers.private_value}
    encoded = {name: _unpadded(value.to_bytes(32, "big")) for name, value in coordinates.items()}
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": secrets.token_hex(8), **encoded}


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Keyring:
    """Everything in here is secret but the publishable key."""

    passwords: dict[str, str] = field(
        repr=False, default_factory=lambda: {role: secrets.token_urlsafe(24) for role in ROLES}
    )
    publishable_key: str = field(default_factory=_publishable_key)
    secret_key: str = field(repr=False, default_factory=_secret_key)
    signing_key: Jwk = field(repr=False, default_factory=_signing_key)
    lite_secret: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(48))
    pepper: str = field(repr=False, default_factory=lambda: _unpadded(secrets.token_bytes(32)))
    stripe_secret: str = field(repr=False, default_factory=lambda: f"whsec_{secrets.token_hex(16)}")
    github_key: str = field(repr=False, default_factory=github.make_key)
    jobs_secret: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    metrics_token: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    function_keys: dict[str, str] = field(repr=False, default_factory=dict)

    @property
    def public_jwk(self) -> Jwk:
        """The half of the signing key that everyone may see."""
        public = {name: value for name, value in self.signing_key.items() if name != "d"}
        return {**public, "key_ops": ["verify"]}

    def function_key(self, unit: str) -> str:
        """Return the key of one deployable unit, made on first use."""
        return self.function_keys.setdefault(unit, make_secret(unit))


def load(folder: Folder, units: list[str]) -> Keyring:
    """Read the folder's secrets, completing what is missing."""
    keyring = Keyring()
    if folder.keyring.exists():
        try:
            keyring = Keyring(**json.loads(folder.keyring.read_text("utf-8")))
        except (ValueError, TypeError):
            raise Trouble(f"{folder.keyring} cannot be read: remove it and run `make reset`.") from None
    for unit in units:
        keyring.function_key(unit)
    folder.write(folder.keyring, json.dumps(asdict(keyring), indent=2))
    return keyring
