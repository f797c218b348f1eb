"""The customer portal: its configurations and sessions. What a customer does there is in portal_page.py."""

from typing import Any

from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata, put
from dev.stripe.refusal import Refused, invalid
from dev.stripe.shapes import Object

REASONS = ["too_expensive", "missing_features", "switched_service", "unused", "other"]
FEATURES: dict[str, Any] = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "options": REASONS, "feedback_options": None},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_pause": {"enabled": False, "duration": {"type": "indefinite", "interval_options": []}},
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "products": None,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}
LASTS = 300  # seconds until a link to the portal is stale


def create_configuration(account: Account, params: Parameters) -> Object:
    """Say what customers may do in the portal."""
    profile = dict.fromkeys(("headline", "privacy_policy_url", "terms_of_service_url"))
    made = account.new(
        "billing_portal.configuration",
        "bpc",
        active=True,
        business_profile=profile | params.get("business_profile", {}),
        default_return_url=params.get("default_return_url"),
        features=_features(copy(params["features"])),
        is_default=False,
        login_page={"enabled": False, "url": None},
        metadata=metadata(params),
        name=params.get("name"),
        updated=account.now,
    )
    account.events.emit("billing_portal.configuration.created", made)
    return made


def _features(given: Parameters) -> Object:
    """Return all features, with what was said of them."""
    features: Object = _merged(FEATURES, given)
    for product in features["subscription_update"]["products"] or []:
        product.setdefault("adjustable_quantity", {"enabled": False, "maximum": None, "minimum": 1})
    return features


def _merged(present: Any, given: Any) -> Any:  # noqa: ANN401 - a tree of settings
    if isinstance(present, dict) and isinstance(given, dict):
        return present | {name: _merged(present.get(name), each) for name, each in given.items()}
    return given if given != "" else None


def update_configuration(account: Account, configuration: str, params: Parameters) -> Object:
    """Change one."""
    found = account.store.get("billing_portal.configuration", configuration)
    before = copy(found)
    found["business_profile"] |= params.get("business_profile", {})
    found["features"] = _merged(found["features"], params.get("features", {}))
    put(found, params, ("active", "default_return_url", "name"))
    found["updated"] = account.now
    account.events.changed("billing_portal.configuration.updated", found, before)
    return found


def retrieve_configuration(account: Account, configuration: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("billing_portal.configuration", configuration)


def create_session(account: Account, params: Parameters) -> Object:
    """Make a link for one customer, good for a few minutes."""
    if "customer" not in params:
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = account.store.live("customer", params["customer"], "customer")
    configuration = _configuration(account, params.get("configuration"))
    identifier = account.identifiers.make("bps")
    flow = params.get("flow_data")
    if flow:
        _check_flow(account, flow, customer["id"])
    return account.new(
        "billing_portal.session",
        "bps",
        id=identifier,
        configuration=configuration["id"],
        customer=customer["id"],
        flow=flow and _flow(flow),
        locale=params.get("locale"),
        return_url=params.get("return_url", configuration["default_return_url"]),
        url=f"{account.settings.url}/p/session/{identifier}",
    ) | {"after_expiration": params.get("after_expiration")}


def _configuration(account: Account, wanted: str | None) -> Object:
    if wanted:
        found = account.store.get("billing_portal.configuration", wanted, "configuration")
        if not found["active"]:
            raise Refused("This portal configuration is not active.", param="configuration")
        return found
    default = next((each for each in account.store.all("billing_portal.configuration") if each["is_default"]), None)
    if default is None:
        raise Refused(
            "No configuration provided and your test mode default configuration has not been created. Provide a "
            "configuration or create your default by saving your customer portal settings in test mode.",
        )
    return default


def _check_flow(account: Account, flow: dict[str, Any], customer: str) -> None:
    named = flow.get(flow["type"], {}).get("subscription")
    wants = flow["type"].startswith("subscription_")
    if wants and not named:
        raise invalid(f"Missing required param: flow_data[{flow['type']}].", "flow_data", "parameter_missing")
    if named and account.store.get("subscription", named, "flow_data")["customer"] != customer:
        raise invalid(f"No such subscription: '{named}'", f"flow_data[{flow['type']}][subscription]")


def _flow(flow: dict[str, Any]) -> Object:
    after = {"type": "portal_homepage", "hosted_confirmation": None, "redirect": None}
    names = ("customer_update", "subscription_cancel", "subscription_pause", "subscription_update")
    empty = dict.fromkeys((*names, "subscription_update_confirm"))
    kind = flow["type"]
    # Some acts have nothing of their own to say.
    own = {name: flow[name] for name in empty if name == kind and name in flow}
    if kind == "subscription_cancel":
        own[kind] = {"retention": None} | flow[kind]
    return empty | own | {"type": kind, "after_completion": after | flow.get("after_completion", {})}
