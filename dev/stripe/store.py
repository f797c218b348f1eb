"""Everything that exists, by kind and id, in memory. What an answer must not show lies apart, in `secrets`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from dev.stripe.refusal import missing
from dev.stripe.shapes import Object

# How Stripe calls a kind in a sentence, where it is not the kind itself.
SPOKEN = {
    "payment_intent": "payment_intent",
    "checkout.session": "checkout.session",
    "promotion_code": "promotion code",
}


class Store:
    """Objects with references by id, as answers show them; those that were deleted keep their stub."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, Object]] = defaultdict(dict)
        self._every: dict[str, Object] = {}
        self._of: dict[tuple[str, str], list[Object]] = defaultdict(list)
        self.secrets: dict[str, dict[Any, Any]] = defaultdict(dict)

    def add(self, thing: Object) -> Object:
        """Keep a new object."""
        self._kinds[thing["object"]][thing["id"]] = thing
        self._every[thing["id"]] = thing
        owners = {thing.get(name) for name in ("customer", "subscription", "invoice")}
        for owner in filter(None, owners):
            self._of[thing["object"], owner].append(thing)
        return thing

    def find(self, identifier: str) -> Object | None:
        """Return what has this id, of whatever kind."""
        return self._every.get(identifier)

    def get(self, kind: str, identifier: object, param: str = "id") -> Object:
        """Return an object, or refuse as for one that is not there."""
        thing = self._kinds[kind].get(identifier) if isinstance(identifier, str) else None
        if thing is None:
            raise missing(SPOKEN.get(kind, kind), identifier, param)
        return thing

    def live(self, kind: str, identifier: object, param: str = "id") -> Object:
        """Return an object that was not deleted."""
        thing = self.get(kind, identifier, param)
        if thing.get("deleted"):
            raise missing(SPOKEN.get(kind, kind), identifier, param)
        return thing

    def all(self, kind: str) -> Iterator[Object]:
        """Return what is there of a kind, oldest first."""
        return (thing for thing in list(self._kinds[kind].values()) if not thing.get("deleted"))

    def of(self, kind: str, owner: str) -> Iterable[Object]:
        """Return what belongs to a customer, a subscription or an invoice from its beginning, oldest first."""
        return [thing for thing in self._of[kind, owner] if not thing.get("deleted")]

    def delete(self, thing: Object) -> Object:
        """Leave the stub that Stripe answers with for something deleted."""
        stub = {"id": thing["id"], "object": thing["object"], "deleted": True}
        self._kinds[thing["object"]][thing["id"]] = self._every[thing["id"]] = stub
        for things in self._of.values():
            if thing in things:
                things.remove(thing)
        return stub
