from typing import Any

import pytest

from functions.billing.state import intents_named, state

DAY = 86_400
JANUARY = 1_767_225_600  # 2026-01-01


def line(price: str = "price_1", *, start: int = JANUARY, end: int = JANUARY + 31 * DAY, **more: Any) -> dict[str, Any]:
    priced = {"id": price, "unit_amount": 1900, "recurring": {"interval": "month", "interval_count": 1}}
    told = {"id": f"si_{price}", "price": priced | more.pop("priced", {}), "quantity": 1}
    return told | {"current_period_start": start, "current_period_end": end} | more


def subscription(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = {"id": "sub_1", "status": "active", "currency": "usd", "start_date": JANUARY}
    return told | {"items": {"data": list(items)}} | more


def invoice(**more: Any) -> dict[str, Any]:
    told = {"id": "in_1", "status": "paid", "currency": "usd", "total": 1900, "amount_due": 1900, "amount_paid": 1900}
    told |= {"attempt_count": 1, "created": JANUARY, "period_start": JANUARY, "period_end": JANUARY}
    return told | {"lines": {"data": []}} | more


def charge(**more: Any) -> dict[str, Any]:
    return {"created": JANUARY + 5, "paid": True, "amount_refunded": 0, "disputed": False} | more


def subscribed(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    (told,) = state({}, [subscription(*items, **more)], [], {})["subscriptions"]
    return dict(told)


def invoiced(intent: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    payments = {"payments": {"data": [{"payment": {"payment_intent": "pi_1"}}]}} if intent else {}
    (told,) = state({}, [], [invoice(**payments, **more)], {"pi_1": intent} if intent else {})["invoices"]
    return dict(told)


def test_who_has_nothing_is_told_so() -> None:
    nothing: dict[str, Any] = {"card_expires_on": None, "subscriptions": [], "invoices": []}
    assert state({}, [], [], {}) == {"deleted": False, **nothing}
    assert state({"id": "cus_1", "deleted": True}, [], [], {}) == {"deleted": True, **nothing}


def test_of_lines_with_periods_of_their_own_the_first_to_end_is_shown() -> None:
    year = line("price_2", end=JANUARY + 365 * DAY, quantity=3, priced={"unit_amount": 100})
    told = subscribed(year, line())
    assert (told["current_period_end"], told["price"]) == ("2026-02-01T00:00:00+00:00", "price_2")
    assert (told["quantity"], told["amount"]) == (4, 2200)
    assert [(each["price"], each["current_period_end"]) for each in told["items"]] == [
        ("price_2", "2027-01-01T00:00:00+00:00"),
        ("price_1", "2026-02-01T00:00:00+00:00"),
    ]


def test_a_subscription_without_lines_has_no_period_to_speak_of() -> None:
    told = subscribed(status="canceled", ended_at=JANUARY + DAY)
    assert told["current_period_start"] == told["current_period_end"] == told["started_at"]
    assert (told["price"], told["quantity"], told["amount"], told["items"]) == (None, 0, 0, [])
    assert told["ended_at"] == "2026-01-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("priced", "quantity", "amount"),
    [
        ({}, 2, 3800),
        # A part of a cent for each is rounded once, for all; half a cent upwards.
        ({"unit_amount": None, "unit_amount_decimal": "0.25"}, 10, 3),
        ({"unit_amount": None, "unit_amount_decimal": "0.24"}, 10, 2),
        ({"unit_amount": None, "unit_amount_decimal": None}, 5, 0),
        ({}, None, 0),
    ],
)
def test_an_amount_is_whole_cents(priced: dict[str, Any], quantity: int | None, amount: int) -> None:
    assert subscribed(line(priced=priced, quantity=quantity))["amount"] == amount


@pytest.mark.parametrize("status", ["active", "paused", "a status of next year"])
def test_a_status_is_told_as_it_is(status: str) -> None:
    assert subscribed(line(), status=status)["status"] == status


def test_the_first_card_to_expire_of_those_that_pay_counts() -> None:
    def card(year: int, month: int) -> dict[str, Any]:
        return {"card": {"exp_year": year, "exp_month": month}}

    customer = {"invoice_settings": {"default_payment_method": card(2028, 2)}}
    own, other = (subscription(line(), default_payment_method=card(*end)) for end in ((2030, 1), (2027, 6)))
    assert state(customer, [], [], {})["card_expires_on"] == "2028-02-29"
    assert state(customer, [own], [], {})["card_expires_on"] == "2030-01-31"
    assert state(customer, [own, other], [], {})["card_expires_on"] == "2027-06-30"
    # What has ended is paid by no card.
    assert state(customer, [own, other | {"status": "canceled"}], [], {})["card_expires_on"] == "2030-01-31"
    # What was not expanded, and what is no card, never expires.
    assert state({"invoice_settings": {"default_payment_method": "pm_1"}}, [], [], {})["card_expires_on"] is None
    assert state(customer, [own | {"default_payment_method": {"link": {}}}], [], {})["card_expires_on"] is None


def test_what_was_given_back_is_of_charges_that_were_paid() -> None:
    assert invoiced({"status": "succeeded", "latest_charge": charge(amount_refunded=700)})["amount_refunded"] == 700
    failed = {"status": "requires_payment_method", "latest_charge": charge(paid=False, amount_refunded=700)}
    assert invoiced(failed)["amount_refunded"] == 0


@pytest.mark.parametrize(
    ("told", "disputed"),
    [
        ({}, False),
        ({"disputed": True}, True),
        ({"disputed": True, "disputes": [{"status": "needs_response"}]}, True),
        ({"disputed": True, "disputes": [{"status": "lost"}]}, True),
        ({"disputed": True, "disputes": [{"status": "won"}, {"status": "warning_closed"}]}, False),
        ({"disputed": True, "disputes": [{"status": "won"}, {"status": "under_review"}]}, True),
    ],
)
def test_a_dispute_that_was_won_is_over(told: dict[str, Any], disputed: bool) -> None:
    assert invoiced({"status": "succeeded", "latest_charge": charge(**told)})["disputed"] is disputed


@pytest.mark.parametrize(
    ("status", "intent", "needed"),
    [
        ("open", "requires_action", True),
        ("paid", "requires_action", False),
        ("open", "requires_payment_method", False),
    ],
)
def test_only_what_is_open_waits_for_its_payer(status: str, intent: str, needed: bool) -> None:
    assert invoiced({"status": intent, "latest_charge": None}, status=status)["needs_action"] is needed


def test_a_payment_was_tried_when_its_charge_was_made() -> None:
    tried = {"status": "requires_payment_method", "latest_charge": charge(created=JANUARY + DAY, paid=False)}
    assert invoiced(tried)["attempted_at"] == "2026-01-02T00:00:00+00:00"
    assert invoiced()["attempted_at"] == invoiced()["issued_at"] == "2026-01-01T00:00:00+00:00"
    assert invoiced(attempt_count=0)["attempted_at"] is None


def test_an_invoice_is_of_the_time_that_its_lines_are_of() -> None:
    periods = [{"start": JANUARY + DAY, "end": JANUARY + 2 * DAY}, {"start": JANUARY, "end": JANUARY + DAY}]
    told = invoiced(lines={"data": [{"period": each} for each in periods]})
    assert (told["period_start"], told["period_end"]) == ("2026-01-01T00:00:00+00:00", "2026-01-03T00:00:00+00:00")


def test_an_invoice_was_issued_when_it_says_so_first() -> None:
    moved = {"status_transitions": {"finalized_at": JANUARY + DAY, "paid_at": JANUARY + 2 * DAY}}
    assert invoiced(**moved)["issued_at"] == "2026-01-02T00:00:00+00:00"
    assert invoiced(**moved)["paid_at"] == "2026-01-03T00:00:00+00:00"
    assert invoiced(**moved, effective_at=JANUARY + 3 * DAY)["issued_at"] == "2026-01-04T00:00:00+00:00"


def test_taxes_are_added_up_and_a_draft_without_a_reason_is_told() -> None:
    told = invoiced(status=None, total_taxes=[{"amount": 19}, {"amount": 1}])
    assert (told["tax"], told["status"], told["reason"], told["subscription"]) == (20, "unknown", "unknown", None)


def test_payments_by_other_means_name_no_intent() -> None:
    told = [{"payment": {"payment_intent": "pi_1"}}, {"payment": {"type": "out_of_band_payment"}}]
    assert intents_named(invoice(payments={"data": told})) == ["pi_1"]
    assert intents_named(invoice(payments=None)) == intents_named(invoice()) == []
