"""Making a customer's rows what the provider says now. Jobs do it, and so may a page that a buyer returns to."""

from collections.abc import Callable
from typing import Any

from functions.billing import fetching, payments
from functions.billing.names import PROVIDER, WRITER
from shared.gate import Door


def refresh(
    door: Door, customer: str, *, role: str = WRITER, beat: Callable[[], None] = lambda: None
) -> dict[str, Any] | None:
    """Fetch a customer's state and write it: {written, dirty, mailed}, or None for one that is not ours (any more).

    The fetch stands between two calls and in no transaction. The moment before it goes with it: what somebody else
    fetched later is not written over. A repeat writes what is so by then.
    """
    settings = door.settings
    named = {"of_provider": PROVIDER, "live": settings.live, "ref": customer}
    begun: dict[str, Any] | None = door.call("billing_begin", named, role=role)
    if begun is None:
        return None
    state = fetching.fetch(payments.client(settings), customer, live=settings.live, beat=beat)
    told = named | {"fetched_from": begun["fetched_from"], "state": state}
    written: dict[str, Any] | None = door.call("billing_write", told, role=role)
    return written
