"""Rules between parameters, which no type can hold: what excludes or needs what, and how far ahead a moment may lie."""

from collections.abc import Callable
from urllib.parse import urlsplit

from dev.stripe.account import Account
from dev.stripe.clock import DAY, HOUR
from dev.stripe.contract import Parameters
from dev.stripe.refusal import invalid, undone

Rule = Callable[[Account, Parameters], None]
SOONEST, LATEST = HOUR // 2, DAY  # until a Checkout Session expires
TRIAL_AHEAD = 2 * DAY
MOST_LINES, MOST_OF_A_KIND = 100, 20


def exclude(params: Parameters, one: str, other: str) -> None:
    """Refuse two parameters together."""
    if one in params and other in params:
        raise invalid(f"You may only specify one of these parameters: {one}, {other}.", one)


def only_in(params: Parameters, name: str, modes: set[str]) -> None:
    """Refuse a parameter of Checkout in a mode that has no use for it."""
    if name in params and params["mode"] not in modes:
        raise invalid(f"You can not pass `{name}` in `{params['mode']}` mode.", name)


def checkout(account: Account, params: Parameters) -> None:
    """Check a new Checkout Session."""
    if "mode" not in params:
        raise invalid("Missing required param: mode.", "mode", "parameter_missing")
    if params["mode"] == "setup" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise undone("mode" if params["mode"] == "setup" else "ui_mode")
    _checkout_modes(params)
    exclude(params, "customer", "customer_email")
    exclude(params, "allow_promotion_codes", "discounts")
    exclude(params, "allowed_payment_method_types", "excluded_payment_method_types")
    if "customer_update" in params and "customer" not in params:
        raise invalid("`customer_update` can only be used with `customer`.", "customer_update")
    if "success_url" not in params:
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    if "return_url" in params:
        raise invalid("`return_url` can not be used with `ui_mode` hosted_page.", "return_url")
    for name in ("success_url", "cancel_url"):
        require_url(params, name)
    soonest, latest = account.now + SOONEST, account.now + LATEST
    if not soonest <= params.get("expires_at", soonest) <= latest:
        raise invalid("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", "expires_at")
    trial = params.get("subscription_data", {})
    exclude(trial, "trial_end", "trial_period_days")
    if trial.get("trial_end", account.now + TRIAL_AHEAD) < account.now + TRIAL_AHEAD:
        raise invalid("`trial_end` must be at least 2 days ahead.", "subscription_data[trial_end]")
    if trial.get("trial_period_days", 1) < 1:
        raise invalid("`trial_period_days` must be at least 1.", "subscription_data[trial_period_days]")


def _checkout_modes(params: Parameters) -> None:
    only_in(params, "subscription_data", {"subscription"})
    only_in(params, "payment_method_collection", {"subscription"})
    only_in(params, "payment_intent_data", {"payment"})
    only_in(params, "invoice_creation", {"payment"})
    only_in(params, "submit_type", {"payment", "subscription"})
    only_in(params, "customer_creation", {"payment", "setup"})
    lines = params.get("line_items", [])
    if not lines and params["mode"] != "setup":
        raise invalid("You must pass `line_items`.", "line_items", "parameter_missing")
    if len(lines) > (MOST_LINES if params["mode"] == "payment" else 2 * MOST_OF_A_KIND):
        raise invalid("Too many line items.", "line_items")
    for index, line in enumerate(lines):
        if ("price" in line) == ("price_data" in line):
            raise invalid("You must specify exactly one of price or price_data.", f"line_items[{index}]")


def require_url(params: Parameters, name: str) -> None:
    """Refuse what is not an address on the web."""
    if params.get(name):
        parts = urlsplit(params[name])
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise invalid(f"Not a valid URL: {name}", name, "url_invalid")


def new_subscription(_: Account, params: Parameters) -> None:
    """Check a new subscription."""
    if not params.get("items"):
        raise invalid("Missing required param: items.", "items", "parameter_missing")
    if "customer" not in params:
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    exclude(params, "cancel_at", "cancel_at_period_end")
    exclude(params, "trial_end", "trial_period_days")
    if params.get("collection_method") == "send_invoice" and "days_until_due" not in params:
        raise invalid("You must pass days_until_due with collection_method send_invoice.", "days_until_due")


def changed_subscription(_: Account, params: Parameters) -> None:
    """Check a change of a subscription."""
    exclude(params, "cancel_at", "cancel_at_period_end")
    if params.get("payment_behavior") == "pending_if_incomplete":
        allowed = {"items", "payment_behavior", "proration_behavior", "proration_date", "trial_end", "expand"}
        if unfit := sorted(params.keys() - allowed):
            raise invalid(f"`{unfit[0]}` can not be used with payment_behavior=pending_if_incomplete.", unfit[0])
    if params.get("proration_behavior") == "none" and "proration_date" in params:
        raise invalid("proration_date needs prorations.", "proration_date")


def preview(account: Account, params: Parameters) -> None:
    """Check a preview."""
    details = params.get("subscription_details", {})
    exclude(params, "schedule", "subscription")
    changed_subscription(account, details)


def portal_session(_: Account, params: Parameters) -> None:
    """Check a link to the portal."""
    require_url(params, "return_url")


def promotion_code(_: Account, params: Parameters) -> None:
    """Check a promotion code."""
    if not params["promotion"].get("coupon"):
        raise invalid("Missing required param: promotion[coupon].", "promotion[coupon]", "parameter_missing")


RULES: dict[str, Rule] = {
    "checkout.session create": checkout,
    "subscription create": new_subscription,
    "subscription update": changed_subscription,
    "invoice create_preview": preview,
    "billing_portal.session create": portal_session,
    "promotion_code create": promotion_code,
}
# What changes an outcome in Stripe and is not done here; to take and ignore it would be a lie.
_SUBSCRIPTION = {
    "add_invoice_items",
    "application_fee_percent",
    "backdate_start_date",
    "billing_cycle_anchor_config",
    "billing_schedules",
    "billing_thresholds",
    "on_behalf_of",
    "pending_invoice_item_interval",
    "transfer_data",
    "trial_from_plan",
}
_DATA = ("application_fee_percent", "billing_cycle_anchor", "billing_cycle_anchor_config", "transfer_data")
UNDONE: dict[str, set[str]] = {
    "checkout.session create": {
        "after_expiration",
        "custom_fields",
        "invoice_creation",
        "optional_items",
        "shipping_options",
        *(f"subscription_data.{name}" for name in _DATA),
    },
    "coupon create": {"applies_to", "currency_options"},
    "promotion_code create": {"restrictions.minimum_amount", "restrictions.currency_options"},
    "checkout.session update": {"line_items", "shipping_options", "collected_information"},
    "customer create": {"source", "tax", "tax_id_data", "cash_balance", "test_clock"},
    "customer update": {"source", "tax", "cash_balance"},
    "invoice create_preview": {
        *("discounts", "invoice_items", "schedule", "schedule_details"),
        *(f"subscription_details.{name}" for name in ("billing_schedules", "cancel_at", "resume_at")),
    },
    "price create": {"currency_options", "custom_unit_amount", "tiers", "transform_quantity"},
    "product create": {"default_price_data", "package_dimensions"},
    "refund create": {"instructions_email", "origin", "refund_application_fee", "reverse_transfer"},
    "subscription create": _SUBSCRIPTION | {"billing_cycle_anchor"},
    "subscription update": _SUBSCRIPTION,
}


def check(account: Account, operation: str, params: Parameters) -> None:
    """Apply what stands for an operation."""
    for name in sorted(UNDONE.get(operation, set())):
        outer, _, inner = name.partition(".")
        if outer in params and (not inner or inner in params[outer]):
            raise undone(name)
    if rule := RULES.get(operation):
        rule(account, params)
