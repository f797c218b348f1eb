"""Drawing the secret of a new key: at random or, under an Idempotency-Key, so that a repeat is shown the same one."""

from collections.abc import Mapping
from typing import Any

from functions.auth.key_schemas import CreatedApiKey
from shared import keys
from shared.endpoint import Call
from shared.errors import Conflict
from shared.idempotency import Claim


def mint(call: Call) -> keys.Key:
    """Return a key that nobody has yet."""
    if call.claim is None:
        return keys.make(call.settings.brand, live=call.settings.live)[0]
    return keys.draw(call.claim.key, call.settings.peppers[0])


def stored(call: Call, key: keys.Key) -> dict[str, Any]:
    """Return what the database keeps of a key instead of its secret."""
    pepper = call.settings.peppers[0]
    return {"lookup": key.lookup, "pepper_version": pepper.version, "digest": key.digest(pepper)}


def shown(call: Call, row: Mapping[str, Any], minted: keys.Key) -> CreatedApiKey:
    """Return the key with its text; for a repeat, that of the key that was made the first time."""
    repeated = call.claim if row["lookup"] != minted.lookup else None
    key = _drawn_again(repeated, call, row) if repeated else minted
    text = keys.write(key, call.settings.brand, live=call.settings.live)
    return CreatedApiKey.model_validate(dict(row) | {"key": text.reveal()})


def _drawn_again(claim: Claim, call: Call, row: Mapping[str, Any]) -> keys.Key:
    pepper = next((each for each in call.settings.peppers if each.version == row["pepper_version"]), None)
    if pepper is None:
        raise Conflict("This key was made, but cannot be shown any more: its pepper was retired. Make another one.")
    return keys.draw(claim.key, pepper, row["lookup"])
