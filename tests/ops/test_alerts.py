"""The alerts of ops/alerts.yml: about metrics that there are, with our numbers, and each fires when it should."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # what it reads is checked below

from functions.core import measured, objectives
from functions.core.measured import Requests
from functions.core.metric_families import families
from ops.openapi import ROOT
from shared.config import Settings
from shared.histogram import BOUNDS
from shared.tally import UNMATCHED
from tests.ops.promql import Prometheus, Series, seconds
from tests.shared.fixtures import ENVIRONMENT

RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((ROOT / "ops" / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
RECORDED = {rule["record"]: rule["expr"] for rule in RULES if "record" in rule}
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
SLOTS = len(BOUNDS) + 1
DAY = 86400.0


def shown() -> dict[str, set[str]]:
    """Return the labels of each metric that the page shows, when all systems are there."""
    request = Requests("/a", "GET", 200, 1, 1.0, 1, 1.0, (1,) + (0,) * (SLOTS - 1))
    figures = {
        "database": dict.fromkeys(("connections", "max_connections", "replication_lag_seconds"), 1),
        "queue": dict.fromkeys(("waiting", "oldest_waiting_seconds", "dead"), 1),
        "inbox": dict.fromkeys(("waiting", "oldest_waiting_seconds", "failed"), 1),
        "business": dict.fromkeys(("sign_ups", "api_keys_created", "active_subscriptions"), 1)
        | dict.fromkeys(("billing_events", "billing_drift", "billing_violations"), 1)
        | {"revenue": {"eur": 100}},
    }
    found: dict[str, set[str]] = {}
    for family in families([request], figures, Settings.read(ENVIRONMENT), 0.1):
        assert family.samples, family.name
        for suffix, labels, _ in family.samples:
            found.setdefault(family.name + suffix, set()).update(labels)
    return found


def fires(alert: str, *series: Series) -> bool:
    return bool(Prometheus(series, RECORDED).ask(ALERTS[alert]["expr"]))


def gauge(name: str, value: float) -> Series:
    return name, {}, lambda _: value


def requests(ratio: float, window: str = "3d", route: str = "/a", method: str = "GET") -> list[Series]:
    """Return the counters of 10 requests a second for a week, of which this part failed in the last window."""
    long = seconds(window)

    def failed(ago: float) -> float:
        return 10 * ratio * max(0.0, long - ago)

    labels = {"route": route, "method": method}
    return [
        ("mainstay_http_requests_total", labels | {"status": "503"}, failed),
        ("mainstay_http_requests_total", labels | {"status": "200"}, lambda ago: 10 * (7 * DAY - ago) - failed(ago)),
    ]


def durations(slow: float) -> list[Series]:
    """Return the buckets of 10 requests a second, of which this part took 0.6 s and the others 0.06 s."""
    labels = {"route": "/a", "method": "GET"}

    def bucket(bound: float) -> Series:
        part = 1.0 if bound >= 0.6 else 1 - slow if bound >= 0.06 else 0.0
        reached = lambda ago: 10 * part * (DAY - ago)  # noqa: E731
        return "mainstay_http_request_duration_seconds_bucket", labels | {"le": repr(bound)}, reached

    return [bucket(bound) for bound in (*BOUNDS, float("inf"))]


def test_every_metric_and_label_is_one_that_there_is() -> None:
    there = shown()
    for rule in RULES:
        for name, matchers in re.findall(r"\b(mainstay_\w+)(\{[^}]*\})?", rule["expr"]):
            assert name in there, rule
            assert set(re.findall(r"(\w+)(?:=|!)", matchers)) <= there[name], rule


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    assert len(ALERTS) == len([rule for rule in RULES if "alert" in rule])
    for name, rule in ALERTS.items():
        assert name.startswith("Mainstay")
        assert set(rule["labels"]) == {"severity"}
        assert rule["labels"]["severity"] in {"warn", "page"}
        assert set(rule["annotations"]) == {"summary", "description", "action"}
        for script in re.findall(r"ops/\S+\.sql", rule["annotations"]["action"]):
            assert Path(ROOT / script).is_file(), script


def test_the_rules_leave_out_whom_the_page_leaves_out() -> None:
    said = set(re.findall(r'route!~"([^"]*)"', "".join(RECORDED.values())))
    assert len(said) == 1
    pattern = said.pop()
    assert all(re.fullmatch(pattern, route) for route in measured.OWN)
    assert not re.fullmatch(pattern, "/core/settings")
    for route, method in (*((route, "GET") for route in measured.OWN), ("/a", measured.PREFLIGHT)):
        assert not fires("MainstayErrorsPage", *requests(0, "3d"), *requests(1, route=route, method=method))


@pytest.mark.parametrize(
    ("ratio", "warns", "pages"),
    [
        (0.005, False, False),
        (objectives.ERRORS_WARN * 0.99, False, False),
        (objectives.ERRORS_WARN * 1.01, True, False),
        (objectives.ERRORS_PAGE * 0.99, True, False),
        (objectives.ERRORS_PAGE * 1.01, True, True),
    ],
)
def test_one_per_cent_warns_and_five_page(ratio: float, *, warns: bool, pages: bool) -> None:
    assert (objectives.ERRORS_WARN, objectives.ERRORS_PAGE) == (0.01, 0.05)
    assert fires("MainstayErrorsWarn", *requests(ratio)) is warns
    assert fires("MainstayErrorsPage", *requests(ratio)) is pages
    severities = [ALERTS[f"MainstayErrors{name}"]["labels"]["severity"] for name in ("Warn", "Page")]
    assert severities == ["warn", "page"]


def test_who_asks_for_what_there_is_not_hides_no_errors() -> None:
    failing = requests(objectives.ERRORS_PAGE * 1.01)
    assert fires("MainstayErrorsPage", *failing, *requests(0, route=UNMATCHED))
    # A route of ours counts.
    assert not fires("MainstayErrorsPage", *failing, *requests(0, route="/b"))


BURNS = ("MainstayBudgetBurnsFast", "MainstayBudgetBurns", "MainstayBudgetBurnsSlowly")


@pytest.mark.parametrize(("alert", "rate"), [*zip(BURNS, objectives.BURN_RATES, strict=True)])
def test_the_budget_burns_at_the_workbook_s_rates(alert: str, rate: float) -> None:
    long, short = objectives.BURN_RATES[rate]
    allowed = rate * (1 - objectives.AVAILABILITY)
    assert fires(alert, *requests(allowed * 1.01, long))
    assert not fires(alert, *requests(allowed * 0.99, long))
    # Over before the short window: it has ended, whatever the long one still holds.
    quiet = [(name, labels, shifted(value, seconds(short))) for name, labels, value in requests(allowed * 9, long)]
    assert not fires(alert, *quiet)


def shifted(value: Any, by: float) -> Any:
    return lambda ago: value(max(ago, by)) if value(0) != value(by) else value(ago)


def test_half_a_second_for_five_of_a_hundred_is_slow() -> None:
    assert objectives.P95_SECONDS in BOUNDS
    assert fires("MainstaySlow", *durations(0.06))
    assert not fires("MainstaySlow", *durations(0.04))


@pytest.mark.parametrize(
    ("alert", "name", "bound"),
    [
        ("MainstayDatabaseSlow", "mainstay_database_probe_seconds", objectives.DATABASE_SECONDS),
        ("MainstayStandbyBehind", "mainstay_database_replication_lag_seconds", objectives.REPLICATION_SECONDS),
        ("MainstayJobsDead", "mainstay_jobs_dead", 0),
        ("MainstayJobsWait", "mainstay_jobs_oldest_waiting_seconds", objectives.QUEUE_SECONDS),
        ("MainstayJobsStand", "mainstay_jobs_oldest_waiting_seconds", objectives.QUEUE_PAGE_SECONDS),
        ("MainstayInboxLags", "mainstay_inbox_oldest_waiting_seconds", objectives.INBOX_SECONDS),
        ("MainstayInboxFailed", "mainstay_inbox_failed", 0),
        ("MainstayBillingWrong", "mainstay_billing_violations", 0),
    ],
)
def test_a_gauge_beyond_its_bound_fires(alert: str, name: str, bound: float) -> None:
    assert fires(alert, gauge(name, bound + 1))
    assert not fires(alert, gauge(name, bound))
    assert not fires(alert)


def test_calls_to_the_database_are_slow_from_a_second_on() -> None:
    def calls(each: float) -> list[Series]:
        return [
            ("mainstay_database_call_seconds_sum", {}, lambda ago: 5 * each * (DAY - ago)),
            ("mainstay_database_call_seconds_count", {}, lambda ago: 5 * (DAY - ago)),
        ]

    assert fires("MainstayDatabaseSlow", *calls(1.01))
    assert not fires("MainstayDatabaseSlow", *calls(0.99))


def test_connections_run_short_at_nine_of_ten() -> None:
    most = gauge("mainstay_database_max_connections", 100)
    assert fires("MainstayDatabaseFull", gauge("mainstay_database_connections", 91), most)
    assert not fires("MainstayDatabaseFull", gauge("mainstay_database_connections", 90), most)
    assert objectives.CONNECTIONS_USED == 0.9


def test_events_are_lost_from_one_of_a_hundred_on() -> None:
    events = gauge("mainstay_billing_events_30d", 1000)
    assert fires("MainstayBillingDrifts", gauge("mainstay_billing_drift_30d", 11), events)
    assert not fires("MainstayBillingDrifts", gauge("mainstay_billing_drift_30d", 10), events)
    # Nothing of nothing is no share.
    assert not fires(
        "MainstayBillingDrifts", gauge("mainstay_billing_drift_30d", 0), gauge("mainstay_billing_events_30d", 0)
    )


@pytest.mark.parametrize("route", ["/auth/leaks/github", "/core/mail/events", "/billing/webhooks/stripe"])
def test_webhooks_that_fail_page(route: str) -> None:
    assert fires("MainstayWebhooksFail", *requests(0.06, route=route, method="POST"))
    assert not fires("MainstayWebhooksFail", *requests(0.04, route=route, method="POST"))
    assert not fires("MainstayWebhooksFail", *requests(1, route="/auth/profile"))


def test_no_metrics_at_all_is_an_alert() -> None:
    assert fires("MainstayUnwatched")
    assert not fires("MainstayUnwatched", gauge("mainstay_build_info", 1))
