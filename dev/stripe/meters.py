"""Meters: what customers use, counted event by event and paid at the end of the period."""

from decimal import Decimal, InvalidOperation

from dev.stripe.account import Account
from dev.stripe.clock import DAY
from dev.stripe.contract import Parameters
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object


def create(account: Account, params: Parameters) -> Object:
    """Make a meter."""
    if any(meter["event_name"] == params["event_name"] for meter in account.store.all("billing.meter")):
        raise Refused("An active meter with this event name exists.", code="resource_already_exists")
    mapping = {"event_payload_key": "stripe_customer_id", "type": "by_id"}
    return account.new(
        "billing.meter",
        "mtr",
        customer_mapping=mapping | params.get("customer_mapping", {}),
        default_aggregation=params["default_aggregation"],
        display_name=params["display_name"],
        event_name=params["event_name"],
        event_time_window=params.get("event_time_window"),
        status="active",
        status_transitions={"deactivated_at": None},
        updated=account.now,
        value_settings={"event_payload_key": "value"} | params.get("value_settings", {}),
    )


def retrieve(account: Account, meter: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("billing.meter", meter)


def record(account: Account, params: Parameters) -> Object:
    """Count a use. An identifier counts once within 24 hours; times lie in the last 35 days."""
    meter = _meter(account, params["event_name"])
    payload = params["payload"]
    customer = payload.get(meter["customer_mapping"]["event_payload_key"])
    account.store.live("customer", customer, "payload")
    try:
        Decimal(payload.get(meter["value_settings"]["event_payload_key"], ""))
    except InvalidOperation:
        raise Refused("The value of a meter event must be a number.", param="payload", kept=False) from None
    identifier = params.get("identifier") or account.identifiers.make("mev")
    seen = account.store.secrets["meter events"]
    if seen.get(identifier, -DAY) > account.now - DAY:
        raise Refused(f"An event already exists with identifier {identifier}.", param="identifier")
    moment = params.get("timestamp", account.now)
    if not account.now - 35 * DAY <= moment <= account.now + 300:
        raise Refused("The timestamp must lie within the past 35 days, or 5 minutes ahead.", param="timestamp")
    seen[identifier] = account.now
    event = {
        "object": "billing.meter_event",
        "created": account.now,
        "event_name": params["event_name"],
        "identifier": identifier,
        "livemode": account.settings.livemode,
        "payload": payload,
        "timestamp": moment,
    }
    account.store.secrets["used"].setdefault((meter["id"], customer), []).append(event)
    return event


def _meter(account: Account, name: str) -> Object:
    found = (each for each in account.store.all("billing.meter") if each["event_name"] == name)
    meter = next(found, None)
    if meter is None:
        raise Refused(f"No active meter found for event name {name}.", param="event_name", kept=False)
    return meter


def used(account: Account, price: Object, customer: str, start: int, end: int) -> int:
    """Return how much of what a metered price counts a customer used in a period."""
    meter = account.store.find(price["recurring"]["meter"] or "")
    if meter is None:
        return 0
    key = meter["value_settings"]["event_payload_key"]
    events = account.store.secrets["used"].get((meter["id"], customer), [])
    values = [Decimal(event["payload"][key]) for event in events if start <= event["timestamp"] < end]
    formula = meter["default_aggregation"]["formula"]
    if formula == "count":
        return len(values)
    return int(sum(values) if formula == "sum" else (values or [Decimal(0)])[-1])
