from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev.stripe.double import Double
from ops import catalog, catalog_file
from ops.catalog_provider import Shelf
from tests.conftest import OwnDatabase
from tests.world import World

SELLABLE = "select lookup_key, unit_amount from prices where sellable order by 1"


@pytest.fixture(scope="module")
def own(own_database: OwnDatabase) -> Iterator[World]:
    with own_database("catalog") as (world, _):
        yield world


class Operator:
    """Somebody with a key of the double and the database's address."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self.double, self._capsys = world, Double(checks=True), capsys

    def run(self, command: str) -> tuple[int, list[str]]:
        status = catalog.run(command, Shelf(self.double.client()), self.world.connection, live=False)
        return status, self._capsys.readouterr().out.splitlines()

    def sold(self) -> dict[str, int]:
        return dict(self.world.connection.execute(SELLABLE.encode()).fetchall())


@pytest.fixture
def operator(own: World, capsys: pytest.CaptureFixture[str]) -> Operator:
    own.run("truncate prices, products, plan_features, plan_limits cascade")
    return Operator(own, capsys)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "catalog.toml"
    copy.write_text(catalog_file.FILE.read_text())
    read = catalog_file.read
    monkeypatch.setattr(catalog_file, "read", lambda: read(copy))
    return copy


def test_what_is_planned_is_applied_once(operator: Operator) -> None:
    status, planned = operator.run("plan")
    assert (status, operator.sold(), operator.double.events()) == (1, {}, [])
    assert "+ price pro_monthly: 2900 usd each month" in planned
    assert operator.run("apply")[0] == 0
    assert operator.sold()["pro_monthly"] == 2900
    assert operator.run("plan") == (0, ["Nothing differs."])
    asked = len(operator.double.events())
    assert operator.run("apply") == (0, ["Nothing differs."])
    assert len(operator.double.events()) == asked
    assert operator.world.value("select private.org_limit(%s, 'members')", None) == 3


def test_an_amount_is_never_edited_and_who_pays_the_old_one_keeps_it(operator: Operator, file: Path) -> None:
    operator.run("apply")
    old = operator.world.value("select provider_id from prices where lookup_key = 'pro_monthly'")
    file.write_text(file.read_text().replace("unit_amount = 2900\n", "unit_amount = 3900\n"))
    status, planned = operator.run("plan")
    assert (status, planned[0]) == (
        1,
        "+ price pro_monthly: 3900 usd each month, instead of 2900 usd each month, which those who pay it keep",
    )
    operator.run("apply")
    assert operator.sold()["pro_monthly"] == 3900
    kept = operator.double.client().v1.prices.retrieve(old)
    assert (kept.unit_amount, kept.active, kept.lookup_key) == (2900, False, None)
    assert operator.world.value("select sellable from prices where provider_id = %s", old) is False
    assert operator.run("plan")[0] == 0


def test_what_leaves_the_file_is_sold_no_more(operator: Operator, file: Path) -> None:
    operator.run("apply")
    text = file.read_text()
    start, end = text.index('[[product]]\nkey = "enterprise"'), text.index("# A plan has")
    file.write_text(text[:start] + text[end:])
    assert "- product enterprise" in operator.run("plan")[1]
    operator.run("apply")
    assert set(operator.sold()) == {"pro_monthly", "pro_yearly"}
    assert operator.world.value("select active from products where key = 'enterprise'") is False
    file.write_text(text)
    operator.run("apply")
    assert len(operator.sold()) == 4
    assert operator.run("plan")[0] == 0


def test_drift_is_shown_wherever_it_is(operator: Operator) -> None:
    operator.run("apply")
    operator.world.run("update products set name = 'Other' where key = 'pro'")
    operator.world.run("delete from plan_features where plan = 'pro'")
    assert operator.run("plan")[1] == ["~ row of product pro", "~ row of plan pro"]
    v1 = operator.double.client().v1
    product = next(each for each in v1.products.list().data if each.name == "Enterprise")
    v1.products.update(product.id, {"name": "By hand"})
    assert operator.run("plan")[1][0] == "~ product enterprise: name"
    operator.run("apply")
    assert operator.run("plan")[0] == 0


def test_a_plan_that_nobody_knows_is_refused_before_anything_is_done(operator: Operator, file: Path) -> None:
    file.write_text(file.read_text().replace("[plan.free]", "[plan.fre]"))
    assert operator.run("apply") == (2, [])
    assert (operator.sold(), operator.double.events()) == ({}, [])


def test_products_of_others_in_the_same_account_are_left_alone(operator: Operator) -> None:
    v1 = operator.double.client().v1
    other = v1.products.create({"name": "Pro"})
    price: dict[str, Any] = {"currency": "usd", "unit_amount": 1, "recurring": {"interval": "month"}}
    v1.prices.create({"product": other.id, "lookup_key": "theirs", **price})  # type: ignore[typeddict-item]
    operator.run("apply")
    assert v1.products.retrieve(other.id).active
    assert len(v1.prices.list({"lookup_keys": ["theirs"], "active": True}).data) == 1
    assert "theirs" not in operator.sold()


def test_a_key_of_the_other_mode_changes_nothing(own: World, operator: Operator) -> None:
    assert catalog.run("apply", Shelf(operator.double.client()), own.connection, live=True) == 2
    assert operator.sold() == {}


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("unit_amount = 29.00", "unit_amount = 2900", "unit_amount is a whole number"),
        ('currency = "USD"', 'currency = "usd"', "currency is three lower-case letters"),
        ('plan = "gold"', 'plan = "pro"', "there is no plan gold"),
        ('lookup_key = "pro_yearly"', 'lookup_key = "pro_monthly"', "lookup_key pro_yearly is there twice"),
        ('members = "many"', "members = 25", 'a limit is a whole number or "unlimited"'),
        ("surprise = 1", "trial_days = 14", "unexpected keyword argument 'surprise'"),
        ("[[", "[[product]]", "catalog.toml:"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(catalog_file.FILE.read_text().replace(right, wrong, 1))
    with pytest.raises(catalog_file.Unreadable, match=says.replace("(", r"\(")):
        catalog_file.read(path)
