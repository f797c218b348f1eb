"""supabase/catalog.toml as values: what is to be sold, and what each plan gives."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "supabase" / "catalog.toml"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
INTERVALS = {"day", "week", "month", "year"}


class Unreadable(Exception):
    """The file does not say what it must; the message names every place."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """One price, known by its lookup key; the amount is in the smallest unit of the currency."""

    lookup_key: str
    currency: str
    unit_amount: int
    interval: str
    interval_count: int = 1
    trial_days: int = 0
    per_seat: bool = False


@dataclass(frozen=True, kw_only=True)
class Product:
    """One product, known by its key."""

    key: str
    plan: str
    name: str
    description: str
    position: int
    prices: tuple[Price, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a plan adds to those before it; a limit of None is none."""

    features: frozenset[str]
    limits: Mapping[str, int | None]


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """All of it."""

    products: tuple[Product, ...]
    plans: Mapping[str, Plan]

    @property
    def prices(self) -> dict[str, Price]:
        """Every price by its lookup key."""
        return {price.lookup_key: price for product in self.products for price in product.prices}


def read(path: Path = FILE) -> Catalog:
    """Read the file; raises Unreadable with everything that is wrong about it."""
    try:
        said = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"{path.name}: {error}") from error
    problems: list[str] = []
    products = [_product(each, place, problems) for place, each in enumerate(said.get("product", []))]
    plans = {name: _plan(name, each, problems) for name, each in said.get("plan", {}).items()}
    _compare(products, plans, problems)
    if problems:
        raise Unreadable("\n".join(f"{path.name}: {each}" for each in problems))
    return Catalog(products=tuple(each for each in products if each), plans=plans)


def _product(said: dict[str, Any], place: int, problems: list[str]) -> Product | None:
    where = f"product {said.get('key', place + 1)}"
    prices = [_price(each, where, problems) for each in said.get("price", [])]
    given = {name: value for name, value in said.items() if name != "price"}
    if given.keys() != {"key", "plan", "name", "description"}:
        problems.append(f"{where} has key, plan, name, description and prices")
        return None
    return Product(**given, position=place, prices=tuple(each for each in prices if each))


def _price(said: dict[str, Any], where: str, problems: list[str]) -> Price | None:
    try:
        price = Price(**said)
    except TypeError as error:
        problems.append(f"{where}: a price {str(error).partition('() ')[2]}")
        return None
    wrong = [
        ("lookup_key is lower-case letters, digits and _", not NAME.fullmatch(price.lookup_key)),
        ("currency is three lower-case letters", not re.fullmatch(r"[a-z]{3}", price.currency)),
        (
            "unit_amount is a whole number, in the smallest unit",
            type(price.unit_amount) is not int or price.unit_amount < 0,
        ),
        (f"interval is one of {', '.join(sorted(INTERVALS))}", price.interval not in INTERVALS),
    ]
    problems += [f"{where}, price {price.lookup_key}: {rule}" for rule, broken in wrong if broken]
    return price


def _plan(name: str, said: dict[str, Any], problems: list[str]) -> Plan:
    if said.keys() - {f.name for f in fields(Plan)}:
        problems.append(f"plan {name} has features and limits")
    limits = said.get("limits", {})
    if any(not (value == "unlimited" or type(value) is int) for value in limits.values()):
        problems.append(f'plan {name}: a limit is a whole number or "unlimited"')
    names = [*said.get("features", []), *limits]
    problems += [f"plan {name}: {each} is no name" for each in names if not NAME.fullmatch(each)]
    return Plan(
        features=frozenset(said.get("features", [])),
        limits={each: None if value == "unlimited" else value for each, value in limits.items()},
    )


def _compare(products: list[Product | None], plans: Mapping[str, Plan], problems: list[str]) -> None:
    found = [each for each in products if each]
    keys = [each.lookup_key for product in found for each in product.prices]
    for what, names in (("product", [each.key for each in found]), ("lookup_key", keys)):
        problems += [f"{what} {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    problems += [f"product {each.key}: there is no plan {each.plan}" for each in found if each.plan not in plans]
