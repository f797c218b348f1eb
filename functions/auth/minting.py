"""Drawing the secret of a new key: at random or, under an Idempotency-Key, so that a repeat is shown the same one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.auth.key_schemas import CreatedApiKey
from shared import keys
from shared.endpoint import Call
from shared.errors import Conflict
from shared.idempotency import Claim


@dataclass(frozen=True, slots=True)
class Minted:
    """A key that nobody has yet and, under an Idempotency-Key, the nonce that it was drawn with."""

    key: keys.Key
    nonce: str | None = None

    def stored(self, call: Call) -> dict[str, Any]:
        """Return what the database keeps instead of the secret; the nonce stands in a repeat's answer, for a day."""
        pepper = call.settings.peppers[0]
        kept = {"lookup": self.key.lookup, "pepper_version": pepper.version, "digest": self.key.digest(pepper)}
        return kept | ({"nonce": self.nonce} if self.nonce else {})

    def shown(self, call: Call, row: Mapping[str, Any]) -> CreatedApiKey:
        """Return the key with its text; for a repeat, that of the key that was made the first time."""
        repeated = call.claim if row["lookup"] != self.key.lookup else None
        key = _drawn_again(repeated, call, row) if repeated else self.key
        text = keys.write(key, call.settings.brand, live=call.settings.live)
        return CreatedApiKey.model_validate(dict(row) | {"key": text.reveal()})


def mint(call: Call) -> Minted:
    """Draw a key."""
    if call.claim is None:
        return Minted(keys.make(call.settings.brand, live=call.settings.live)[0])
    nonce = keys.make_nonce()
    return Minted(keys.draw(call.claim.key, nonce, call.settings.peppers[0]), nonce)


def _drawn_again(claim: Claim, call: Call, row: Mapping[str, Any]) -> keys.Key:
    pepper = next((each for each in call.settings.peppers if each.version == row["pepper_version"]), None)
    if pepper is None:
        raise Conflict("This key was made, but cannot be shown any more: its pepper was retired. Make another one.")
    return keys.draw(claim.key, row["nonce"], pepper, row["lookup"])
