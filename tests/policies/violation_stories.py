"""Stories of rules over several rows that must hold: what breaks one is found once, and ended when it holds again."""

from tests.policies.paying import CUSTOMER, pays, sells
from tests.policies.plan_stories import HAS
from tests.policies.reconcile_stories import KNOWN, OURS, UNKNOWN, runs

VIOLATION = "select f.ended_at is null from private.billing_findings as f where f.kind = '{}' and f.org_id = '{{firm}}'"


def two(status: str) -> str:
    """Return what has the firm pay twice, the second time with this status."""
    second = (
        "insert into public.subscriptions (org_id, provider, livemode, provider_id, status, currency, amount, recurring_interval,"
        " current_period_start, current_period_end, started_at) select org_id, provider, livemode, 'sub_two', '"
        + status
        + "', currency,"
        " amount, recurring_interval, current_period_start, current_period_end, started_at from public.subscriptions"
        " where provider_id = 'sub_firm_false'"
    )
    return f"{sells()}; {pays()}; {second}"


FOREVER = "'infinity'"
ENDS = "now() - interval '15 minutes'"
LATER = f"{ENDS} + interval '1 second'"
GIVEN = ("entitlement_without_source",)
SMALL = CUSTOMER.format(org="small", live="false")


def granted(plan: str, until: str) -> str:
    """Return what grants the firm a plan."""
    return f"{HAS.format('firm', plan)}; update private.organization_plans set expires_at = {until} where org_id = '{{firm}}'"


def known(plan: str) -> str:
    """Return what has the plan of the firm be known for an hour."""
    return f"delete from private.known_plans; {KNOWN.format(plan, '1 hour')}"


STORIES = [
    runs(
        "check: all is well",
        'c = \'{{"found": 0, "ended": 0}}\'',
        "backend.jobs_check_billing() as c",
        f"{sells()}; {pays()}",
    ),
    runs(
        "check: two live subscriptions",
        "(c ->> 'found')::int = 1",
        "backend.jobs_check_billing() as c",
        two("past_due"),
        VIOLATION.format("two_live_subscriptions"),
    ),
    runs(
        "check: one that ended beside one that lives",
        "(c ->> 'found')::int = 0",
        "backend.jobs_check_billing() as c",
        two("canceled"),
    ),
    runs(
        "check: two of the other mode",
        "(c ->> 'found')::int = 0",
        "backend.jobs_check_billing() as c",
        f"{two('active')}; update private.settings set value = 'true' where name = 'billing_livemode'",
    ),
    runs(
        "check: active past its period",
        "(c ->> 'found')::int = 1",
        "backend.jobs_check_billing() as c",
        f"{sells()}; {pays(until='now() - interval $$1 day$$')}",
        VIOLATION.format("active_past_its_period"),
    ),
    runs(
        "check: active past its period in the other mode",
        "(c ->> 'found')::int = 0",
        "backend.jobs_check_billing() as c",
        f"{sells(live='true')}; {pays(live='true', until='now() - interval $$1 day$$')}",
    ),
    runs(
        "check: active within a day of its period",
        "(c ->> 'found')::int = 0",
        "backend.jobs_check_billing() as c",
        f"{sells()}; {pays(until='now() - interval $$23 hours$$')}",
    ),
    *(
        runs(
            f"check: who is unknown to the provider, {what}",
            f"(c ->> 'found')::int = {found}",
            "backend.jobs_check_billing() as c",
            f"{OURS}; {UNKNOWN}; {before}",
        )
        for what, found, before in (
            ("who counts", 1, "select 1"),
            ("of another mode", 0, "update private.settings set value = 'true' where name = 'billing_livemode'"),
        )
    ),
    runs(
        "check: past due past its period",
        "(c ->> 'found')::int = 0",
        "backend.jobs_check_billing() as c",
        f"{sells()}; {pays('past_due', until='now() - interval $$9 days$$')}",
    ),
    runs(
        "check: a plan that nothing gives",
        "(c ->> 'found')::int = 1",
        "backend.jobs_check_billing() as c",
        KNOWN.format("pro", "16 minutes"),
        VIOLATION.format("entitlement_without_source"),
    ),
    runs(
        "check: a plan that ended a moment ago",
        "(c ->> 'found')::int = 0",
        "backend.jobs_check_billing() as c",
        KNOWN.format("pro", "14 minutes"),
    ),
    runs(
        "check: the first plan needs no source",
        "(c ->> 'found')::int = 0",
        "backend.jobs_check_billing() as c",
        KNOWN.format("free", "16 minutes"),
    ),
    *(
        runs(
            f"check: {what}",
            f"(c ->> 'found')::int = {found}",
            "backend.jobs_check_billing() as c",
            before,
            VIOLATION.format(kind) if found else "select true",
        )
        for what, found, kind, before in (
            (
                "another's line is none of theirs",
                1,
                "active_past_its_period",
                f"{sells()}; {pays(until='now() - interval $$1 day$$')}; {pays(org='small')}",
            ),
            ("a plan that ended at the moment", 0, "", KNOWN.format("pro", "15 minutes")),
            ("a plan that something gives", 0, "", f"{granted('pro', FOREVER)}; {known('pro')}"),
            (
                "a plan of which something else gives another",
                1,
                *GIVEN,
                f"{granted('pro', FOREVER)}; {known('enterprise')}",
            ),
            ("a plan whose source is over", 0, "", f"{granted('pro', LATER)}; {known('pro')}"),
            ("a plan whose source is over for long", 1, *GIVEN, f"{granted('pro', ENDS)}; {known('pro')}"),
            (
                "two customers who are not there yet",
                0,
                "",
                f"{OURS}; {SMALL}; update public.billing_customers set provider_id = null",
            ),
        )
    ),
    runs(
        "check: what holds again is ended",
        "(c ->> 'ended')::int = 1",
        "backend.jobs_check_billing() as c",
        "insert into private.billing_findings (kind, org_id, subject) values ('two_live_subscriptions', '{firm}', '{firm}')",
        "select ended_at is not null from private.billing_findings",
    ),
    *(
        runs(
            f"check: {what}",
            f"(c ->> 'ended')::int = {ended}",
            "backend.jobs_check_billing() as c",
            f"{two('active')}; insert into private.billing_findings (kind, subject, ended_at) values ('{kind}', '{{{whose}}}', {at})",
        )
        for what, ended, kind, whose, at in (
            ("what ended before is not ended again", 0, "story", "firm", "now() - interval '1 day'"),
            ("what is broken in another way now", 1, "story", "firm", "null"),
            ("what another breaks now", 1, "two_live_subscriptions", "small", "null"),
        )
    ),
    runs(
        "check: what was found is not found again",
        'c = \'{{"found": 0, "ended": 0}}\'',
        "backend.jobs_check_billing() as c",
        f"{two('active')}; insert into private.billing_findings (kind, org_id, subject) values ('two_live_subscriptions', '{{firm}}', '{{firm}}')",
    ),
]
