"""Requests are held against the SDK's own parameter types, closed."""

import importlib
import json
import pkgutil
from typing import Any

import pytest
import stripe
from typing_extensions import is_typeddict

from dev.stripe import contract, form
from dev.stripe.double import Double
from dev.stripe.refusal import Refused
from dev.stripe.replies import Question
from dev.stripe.routes import ROUTES
from tests.dev.stripe.shop import NOW, Shop

SESSION = "checkout._session_create_params.SessionCreateParams"


@pytest.mark.parametrize(
    ("text", "param", "code"),
    [
        ("payment_method_types[0]=card", "payment_method_types", "parameter_unknown"),
        ("ui_mode=hosted", "ui_mode", None),
        ("mode=subscribe", "mode", None),
        ("line_itmes[0][price]=x", "line_itmes", "parameter_unknown"),
        ("line_items[0][quantity]=two", "line_items[0][quantity]", "parameter_invalid_integer"),
        ("line_items[0][quantity]=1.5", "line_items[0][quantity]", "parameter_invalid_integer"),
        ("line_items[price]=x", "line_items", "parameter_invalid_array"),
        ("line_items[0][dynamic_tax_rates][0]=x", "line_items[0][dynamic_tax_rates]", "parameter_unknown"),
        ("automatic_tax[enabled]=yes", "automatic_tax[enabled]", "parameter_invalid_boolean"),
        ("automatic_tax[liability][type]=self", "automatic_tax[enabled]", "parameter_missing"),
        ("subscription_data=x", "subscription_data", "parameter_invalid_object"),
        ("metadata=x", "metadata", "parameter_invalid_object"),
        ("success_url[a]=x", "success_url", "parameter_invalid_string"),
        ("api_key=sk_test_x", "api_key", "parameter_unknown"),
        ("idempotency_key=x", "idempotency_key", "parameter_unknown"),
    ],
)
def test_what_the_types_do_not_know_is_refused_by_name(text: str, param: str, code: str | None) -> None:
    with pytest.raises(Refused) as caught:
        contract.read(SESSION, form.decode(text))
    assert (caught.value.param, caught.value.code, caught.value.status) == (param, code, 400)


def test_text_becomes_what_it_stands_for() -> None:
    text = "mode=subscription&line_items[0][quantity]=2&allow_promotion_codes=true&metadata[0]=a&expires_at=5"
    assert contract.read(SESSION, form.decode(text)) == {
        "mode": "subscription",
        "line_items": [{"quantity": 2}],
        "allow_promotion_codes": True,
        "metadata": {"0": "a"},
        "expires_at": 5,
    }


def test_every_parameter_type_of_the_sdk_can_be_read() -> None:
    import stripe.params  # noqa: PLC0415 - 800 types, which nothing else needs

    count = 0
    for module in pkgutil.walk_packages(stripe.params.__path__, "stripe.params."):
        # Files are not forms, and v2 speaks JSON.
        if module.ispkg or ".v2." in module.name or module.name.endswith("_file_create_params"):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if is_typeddict(kind) and kind.__module__ == module.name:
                for annotation in contract.written(kind).values():
                    contract.reader(annotation, module.name)
                    count += 1
    assert count > 10_000


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_endpoint_refuses_what_its_type_does_not_know(route: Any) -> None:
    double = Double(seed=1, now=NOW)
    path = f"/v1/{route.path.replace('*', 'x_1')}"
    text = "nothing_by_this_name=1"
    headers = {"authorization": "Bearer sk_test_x"}
    posted = route.method == "POST"
    question = Question(route.method, path, "" if posted else text, headers, text if posted else "")
    reply = double.api.answer(question)
    assert (reply.status, json.loads(reply.body)["error"]["code"]) == (400, "parameter_unknown")


@pytest.mark.parametrize(
    ("further", "param"),
    [
        ({"customer_email": "a@example.com"}, "customer"),
        ({"discounts": [{"coupon": "x"}], "allow_promotion_codes": True}, "allow_promotion_codes"),
        ({"customer_creation": "always"}, "customer_creation"),
        ({"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ({"expires_at": NOW + 60}, "expires_at"),
        ({"expires_at": NOW + 90_000}, "expires_at"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"return_url": "https://app.example"}, "return_url"),
        ({"subscription_data": {"trial_end": NOW + 3600}}, "subscription_data[trial_end]"),
        ({"subscription_data": {"trial_period_days": 0}}, "subscription_data[trial_period_days]"),
        ({"subscription_data": {"trial_end": NOW + 300_000, "trial_period_days": 3}}, "trial_end"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]"),
        ({"mode": "payment"}, "line_items[0][price]"),
    ],
)
def test_rules_between_parameters_hold_for_checkout(shop: Shop, further: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.checkout(shop.customer(), **further)
    assert caught.value.param == param


def test_what_the_double_does_not_do_is_refused_and_not_ignored(shop: Shop) -> None:
    with pytest.raises(stripe.APIError, match="does not do `backdate_start_date`") as caught:
        shop.subscribe(shop.customer(), backdate_start_date=NOW - 5)
    assert caught.value.http_status == 501


def test_metadata_has_its_limits(shop: Shop) -> None:
    for metadata in ({"k" * 41: "x"}, {"k": "x" * 501}, {f"k{each}": "x" for each in range(51)}):
        with pytest.raises(stripe.InvalidRequestError):
            shop.v1.customers.create({"metadata": metadata})
    made = shop.v1.customers.create({"metadata": {"a": "1", "b": "2"}})
    assert shop.v1.customers.update(made.id, {"metadata": {"a": ""}}).metadata.to_dict() == {"b": "2"}
