"""Every endpoint: its method and path, the SDK's type of its parameters, and what does it."""

from dev.stripe import (
    charges,
    checkout_lines,
    checkout_sessions,
    coupons,
    customers,
    disputes,
    endings,
    entitlements,
    invoice_actions,
    lists,
    meters,
    pauses,
    payment_intents,
    payment_methods,
    portal,
    previews,
    prices,
    products,
    promotion_codes,
    refunds,
    route,
    subscription_item_actions,
    subscription_updates,
    subscriptions,
    webhook_endpoints,
)
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.route import Route
from dev.stripe.shapes import Object


def _event(account: Account, event: str, _: Parameters) -> Object:
    return account.store.get("event", event)


def _invoice_payment(account: Account, payment: str, _: Parameters) -> Object:
    return account.store.get("invoice_payment", payment)


def _active(account: Account, params: Parameters) -> Object:
    held = entitlements.of_customer(account, params["customer"])
    return lists.cut(held, params, "/v1/entitlements/active_entitlements")


def _invoice_lines(account: Account, invoice: str) -> list[Object]:
    lines: list[Object] = account.store.get("invoice", invoice)["lines"]["data"]
    return lines


def _methods_of(account: Account, customer: str, params: Parameters) -> Object:
    account.store.live("customer", customer, "customer")
    path = f"/v1/customers/{customer}/payment_methods"
    return lists.of_kind(account, "payment_method", params | {"customer": customer}, path)


ROUTES = [
    *route.resource("customer", "customers", customers, "create retrieve update delete list"),
    Route("GET", "customers/*/payment_methods", "customer_payment_method list", _methods_of),
    *route.resource("product", "products", products, "create retrieve update delete list"),
    Route("POST", "products/*/features", "product_feature create", entitlements.attach),
    Route(
        "GET",
        "products/*/features",
        "product_feature list",
        route.part(entitlements.of_product, "products/{}/features"),
    ),
    Route("DELETE", "products/*/features/*", "product_feature delete", entitlements.detach),
    *route.resource("price", "prices", prices),
    *route.resource("coupon", "coupons", coupons, "create retrieve update delete list"),
    *route.resource("promotion_code", "promotion_codes", promotion_codes),
    *route.resource("payment_method", "payment_methods", payment_methods, "create retrieve list"),
    Route("POST", "payment_methods/*/attach", "payment_method attach", payment_methods.attach),
    Route("POST", "payment_methods/*/detach", "payment_method detach", payment_methods.detach),
    *route.resource("payment_intent", "payment_intents", payment_intents, "retrieve update list"),
    *route.resource("charge", "charges", charges, "retrieve list"),
    *route.resource("refund", "refunds", refunds),
    *route.resource("dispute", "disputes", disputes, "retrieve update list"),
    Route("POST", "disputes/*/close", "dispute close", disputes.close),
    *route.resource("checkout.session", "checkout/sessions", checkout_sessions),
    Route("POST", "checkout/sessions/*/expire", "checkout.session expire", checkout_sessions.expire),
    Route(
        "GET",
        "checkout/sessions/*/line_items",
        "checkout.session_line_item list",
        route.part(checkout_lines.of, "checkout/sessions/{}/line_items"),
    ),
    *route.resource("subscription", "subscriptions", subscriptions, "create retrieve list"),
    Route("POST", "subscriptions/*", "subscription update", subscription_updates.update),
    Route("DELETE", "subscriptions/*", "subscription cancel", endings.delete),
    Route("POST", "subscriptions/*/pause", "subscription pause", pauses.pause),
    Route("POST", "subscriptions/*/resume", "subscription resume", pauses.resume),
    *route.resource(
        "subscription_item",
        "subscription_items",
        subscription_item_actions,
        "create retrieve update delete",
    ),
    Route("GET", "subscription_items", "subscription_item list", subscription_item_actions.listing),
    Route("POST", "invoices/create_preview", "invoice create_preview", previews.create),
    *route.resource("invoice", "invoices", invoice_actions, "retrieve update list"),
    Route("GET", "invoices/*/lines", "invoice_line_item list", route.part(_invoice_lines, "invoices/{}/lines")),
    Route("POST", "invoices/*/finalize", "invoice finalize_invoice", invoice_actions.finalize),
    Route("POST", "invoices/*/pay", "invoice pay", invoice_actions.pay),
    Route("POST", "invoices/*/send", "invoice send_invoice", invoice_actions.send),
    Route("POST", "invoices/*/void", "invoice void_invoice", invoice_actions.void),
    Route("POST", "invoices/*/mark_uncollectible", "invoice mark_uncollectible", invoice_actions.mark_uncollectible),
    Route("GET", "invoice_payments", "invoice_payment list", route.listing("invoice_payment", "invoice_payments")),
    Route("GET", "invoice_payments/*", "invoice_payment retrieve", _invoice_payment),
    Route("GET", "events", "event list", route.listing("event", "events")),
    Route("GET", "events/*", "event retrieve", _event),
    *route.resource("webhook_endpoint", "webhook_endpoints", webhook_endpoints, "create retrieve update delete list"),
    Route("POST", "entitlements/features", "entitlements.feature create", entitlements.create_feature),
    Route("GET", "entitlements/features/*", "entitlements.feature retrieve", entitlements.retrieve_feature),
    Route("POST", "entitlements/features/*", "entitlements.feature update", entitlements.update_feature),
    Route(
        "GET",
        "entitlements/features",
        "entitlements.feature list",
        route.listing("entitlements.feature", "entitlements/features"),
    ),
    Route("GET", "entitlements/active_entitlements", "entitlements.active_entitlement list", _active),
    Route(
        "GET",
        "entitlements/active_entitlements/*",
        "entitlements.active_entitlement retrieve",
        entitlements.retrieve_active,
    ),
    *route.resource("billing.meter", "billing/meters", meters, "create retrieve list"),
    Route("POST", "billing/meter_events", "billing.meter_event create", meters.record),
    Route("POST", "billing_portal/sessions", "billing_portal.session create", portal.create_session),
    Route(
        "POST",
        "billing_portal/configurations",
        "billing_portal.configuration create",
        portal.create_configuration,
    ),
    Route(
        "POST",
        "billing_portal/configurations/*",
        "billing_portal.configuration update",
        portal.update_configuration,
    ),
    Route(
        "GET",
        "billing_portal/configurations/*",
        "billing_portal.configuration retrieve",
        portal.retrieve_configuration,
    ),
    Route(
        "GET",
        "billing_portal/configurations",
        "billing_portal.configuration list",
        route.listing("billing_portal.configuration", "billing_portal/configurations"),
    ),
]
