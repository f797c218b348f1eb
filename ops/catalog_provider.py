"""The catalog at Stripe: what is there, how that differs from the file, and the changes that end the difference."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.billing.payments import Client, ask, every
from ops.catalog_file import Catalog, Price, Product

# What a product of ours is known by: its id differs from account to account.
MARK = "mainstay_key"


@dataclass(frozen=True)
class Change:
    """One thing that differs, as a line for a person, and what sets it right."""

    says: str
    make: Callable[[], object]


class Shelf:
    """Products and prices of ours at the provider, as they are."""

    def __init__(self, client: Client) -> None:
        self.v1 = client.v1
        self.products: dict[str, Any] = {}
        self.prices: dict[str, Any] = {}
        self.look()

    def look(self) -> None:
        """Read everything anew."""
        marked = ((each.metadata.to_dict().get(MARK), each) for each in every(self.v1.products.list, {}))
        self.products = {key: each for key, each in marked if key}
        ours = {each.id for each in self.products.values()}
        listed = every(self.v1.prices.list, {"active": True})
        self.prices = {each.lookup_key: each for each in listed if each.lookup_key and each.product in ours}

    def changes(self, catalog: Catalog) -> list[Change]:
        """Return what is to be done, in an order in which it can be."""
        wanted = {product.key for product in catalog.products}
        prices = catalog.prices
        return [
            *(change for each in catalog.products for change in self._of_product(each)),
            *(self._retire_price(key) for key in sorted(self.prices.keys() - prices.keys())),
            *(self._retire(key) for key, each in sorted(self.products.items()) if key not in wanted and each.active),
        ]

    def _of_product(self, product: Product) -> list[Change]:
        there = self.products.get(product.key)
        told = {"name": product.name, "description": product.description, "active": True}
        changes = []
        if there is None:
            changes.append(Change(f"+ product {product.key}", lambda: self._make(product)))
        elif different := [name for name, value in told.items() if getattr(there, name, None) != value]:
            says = f"~ product {product.key}: {', '.join(different)}"
            changes.append(Change(says, lambda: ask(lambda: self.v1.products.update(there.id, told))))  # type: ignore[arg-type] # three of its members
        return changes + [self._of_price(product, each) for each in product.prices if self._differs(product, each)]

    def _make(self, product: Product) -> None:
        asked = {"name": product.name, "description": product.description, "metadata": {MARK: product.key}}
        self.products[product.key] = ask(lambda: self.v1.products.create(asked))  # type: ignore[arg-type] # as above

    def _differs(self, product: Product, price: Price) -> bool:
        there, sold = self.prices.get(price.lookup_key), self.products.get(product.key)
        if there is None or sold is None or there.product != sold.id:
            return True
        recurring = there.recurring or None
        return (there.currency, there.unit_amount, recurring and (recurring.interval, recurring.interval_count)) != (
            price.currency,
            price.unit_amount,
            (price.interval, price.interval_count),
        )

    def _of_price(self, product: Product, price: Price) -> Change:
        old = self.prices.get(price.lookup_key)
        says = f"+ price {price.lookup_key}: {_cost(price, price.interval, price.interval_count)}"
        if old is not None:
            former = _cost(
                old, *((old.recurring.interval, old.recurring.interval_count) if old.recurring else ("sale", 1))
            )
            says += f", instead of {former}, which those who pay it keep"
        return Change(says, lambda: self._make_price(product, price, old))

    def _make_price(self, product: Product, price: Price, old: Any) -> None:  # noqa: ANN401 - an object of the SDK or nothing
        asked = {
            "product": self.products[product.key].id,
            "currency": price.currency,
            "unit_amount": price.unit_amount,
            "recurring": {"interval": price.interval, "interval_count": price.interval_count},
            "lookup_key": price.lookup_key,
            # In one step: there is no moment without a price of this name.
            "transfer_lookup_key": True,
        }
        ask(lambda: self.v1.prices.create(asked))  # type: ignore[arg-type] # as above
        if old is not None:
            ask(lambda: self.v1.prices.update(old.id, {"active": False}))

    def _retire_price(self, key: str) -> Change:
        there = self.prices[key]
        says = f"- price {key}: those who pay it keep it"
        return Change(says, lambda: ask(lambda: self.v1.prices.update(there.id, {"active": False})))

    def _retire(self, key: str) -> Change:
        there = self.products[key]
        return Change(f"- product {key}", lambda: ask(lambda: self.v1.products.update(there.id, {"active": False})))


def _cost(price: Any, interval: str, count: int) -> str:  # noqa: ANN401 - ours or Stripe's
    return f"{price.unit_amount} {price.currency} each {interval if count == 1 else f'{count} {interval}s'}"
