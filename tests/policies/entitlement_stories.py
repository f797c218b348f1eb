"""Stories of what an organization may use: what it paid for, until the moment for which it was paid."""

from tests.policies.paying import FEATURES, TOMORROW, pays, sells
from tests.policies.plan_stories import HAS
from tests.policies.story import AS_OWNER, Story, yes

SECOND = "interval '1 second'"
GRACE, LEEWAY = "interval '7 days'", "interval '60 minutes'"


def plan(name: str, due: str, *before: str, org: str = "firm") -> Story:
    """Return a story of the plan that an organization has."""
    claim = yes(f"private.plan_of('{{{org}}}') = '{due}'")
    return Story(f"entitled: {name}", "nobody", AS_OWNER + claim, before="; ".join(before))


def subscription(name: str, due: str, **columns: str) -> Story:
    """Return a story of the plan that a subscription to pro gives."""
    return plan(name, due, sells(), pays(**columns))


def edge(name: str, column: str, moment: str, **columns: str) -> list[Story]:
    """Return the stories of a moment's last instant and of the first one after it; now() is that of the story."""
    return [
        subscription(f"{name}, a moment before", "pro", **columns, **{column: f"now() {moment} + {SECOND}"}),
        subscription(f"{name}, at it", "free", **columns, **{column: f"now() {moment}"}),
    ]


STATUSES = {"incomplete", "incomplete_expired", "unpaid", "paused", "canceled", "of_the_future"}
SOURCES = (
    "private.plan_sources('{firm}') as s where s.plan = 'pro' and s.source = '%s' and s.until = %s"  # what gives it
)
TRIAL = "update private.organization_plans set expires_at = {} where org_id = '{{firm}}'"
ASKED = "jsonb_build_object('plan', e -> 'plan', 'features', e -> 'features' ?& array['a_story', 'b_story'], 'c', e -> 'features' ? 'c_story', 'stories', e #> '{{limits,stories}}', 'pages', e #> '{{limits,pages}}')"
# A table of somebody's own, as docs/billing.md has it.
PROJECTS = (
    "create table public.projects (org_id uuid not null); alter table public.projects enable row level security;"
    " grant insert on public.projects to authenticated; create policy projects_insert on public.projects for insert to authenticated"
    " with check (private.org_has(org_id, 'b_story') and private.org_limit(org_id, 'stories') > 3)"
)
STORIES = [
    subscription("active", "pro"),
    subscription("in trial", "pro", status="trialing"),
    subscription("past due since a moment", "pro", status="past_due", past_due_since="now()"),
    *(subscription(status, "free", status=status) for status in sorted(STATUSES)),
    plan("of the other mode", "free", sells(live="true"), pays(live="true")),
    plan("what somebody else pays", "free", sells(), pays(org="small")),
    plan(
        "a line that is of no product", "free", sells(), pays(), "update public.subscription_items set price_id = null"
    ),
    plan("a product that is of no plan", "free", sells(), pays(), "update public.products set plan = null"),
    plan("the best of two", "enterprise", sells(), sells("enterprise"), pays(), HAS.format("firm", "enterprise")),
    *edge("a period that renews", "until", f"- {LEEWAY}"),
    *edge("a period that ends", "until", "", ends="true"),
    *edge("an end that was asked for", "cancel_at", ""),
    *edge("an end", "ended_at", ""),
    *edge("the grace of a failed payment", "past_due_since", f"- {GRACE}", status="past_due", until="'infinity'"),
    *edge("a failed payment's own period", "until", f"- {LEEWAY}", status="past_due", past_due_since="now()"),
    plan(
        "a leeway that is set",
        "pro",
        sells(),
        pays(until="now() - interval '2 hours'"),
        "update private.settings set value = '121' where name = 'billing_leeway_minutes'",
    ),
    plan(
        "a grace that is set",
        "free",
        sells(),
        pays("past_due", past_due_since="now() - interval '2 days'"),
        "update private.settings set value = '2' where name = 'billing_grace_days'",
    ),
    plan("granted until tomorrow", "pro", HAS.format("firm", "pro"), TRIAL.format(TOMORROW)),
    plan("granted until now", "free", HAS.format("firm", "pro"), TRIAL.format("now()")),
    Story(
        "entitled: what gives it, and until when",
        "nobody",
        AS_OWNER + yes("true", SOURCES % ("active", f"{TOMORROW} + {LEEWAY}")),
        before=f"{sells()}; {pays()}",
    ),
    *(
        Story(
            f"entitled: what gives nothing is no source, {what}",
            "nobody",
            AS_OWNER + yes("not exists (select from private.plan_sources('{firm}'))"),
            before=f"{sells()}; {pays(status)}; {before}",
        )
        for what, status, before in (
            ("in its status", "paused", "select 1"),
            ("as its product", "active", "update public.products set plan = null"),
        )
    ),
    Story(
        "entitled: a grant is for ever",
        "nobody",
        AS_OWNER + yes("true", SOURCES % ("grant", "'infinity'")),
        before=HAS.format("firm", "pro"),
    ),
    *(
        Story(
            f"entitled: a member of {org} asks",
            "member",
            yes(
                f'{ASKED} = \'{{{{"plan": "{held}", "features": {has}, "c": false, "stories": {stories}, "pages": {pages}}}}}\'',
                "public.entitlements('{firm}') as e",
            ),
            before=f"{FEATURES}{before}",
        )
        for org, held, has, stories, pages, before in (
            ("a firm that pays", "pro", "true", 25, 7, f"; {sells()}; {pays()}"),
            ("a firm that does not", "free", "false", 3, 0, ""),
        )
    ),
    Story(
        "entitled: sources are told with their end",
        "member",
        yes(
            "e -> 'sources' @> jsonb_build_array(jsonb_build_object('plan', 'pro', 'source', 'grant', 'until', null)) and jsonb_array_length(e -> 'sources') = 1",
            "public.entitlements('{firm}') as e",
        ),
        before=f"{HAS.format('firm', 'pro')}; {sells('enterprise')}; {pays(plan='enterprise', until='now() - interval $$1 day$$')}",
    ),
    Story(
        "entitled: a source that ends now is none",
        "member",
        yes("e -> 'sources' = '[]'", "public.entitlements('{firm}') as e"),
        before=f"{HAS.format('firm', 'pro')}; {TRIAL.format('now()')}",
    ),
    *(
        Story(
            f"entitled: {who} asks", who, "select public.entitlements('{firm}')", "PT404", says="No such organization."
        )
        for who in ("outsider", "founder")
    ),
    *(
        Story(f"entitled: {who} asks", who, "select public.entitlements('{firm}')", "PT404", role="integrator")
        for who in ("key", "key_of_member")
    ),
    Story("entitled: of none", "member", "select public.entitlements(null)", "PT404", says="No such organization."),
    *(
        Story(
            f"entitled: {name}",
            "nobody",
            AS_OWNER + yes(claim),
            before=f"{FEATURES}; {HAS.format('firm', held)}",
        )
        for name, held, claim in (
            ("a feature of the plan", "pro", "private.org_has('{firm}', 'b_story')"),
            ("a feature of a lower plan", "pro", "private.org_has('{firm}', 'a_story')"),
            ("a feature of a higher plan", "pro", "not private.org_has('{firm}', 'c_story')"),
            ("a feature of nobody's", "pro", "not private.org_has('{firm}', 'd_story')"),
            ("a feature that another has", "pro", "not private.org_has('{small}', 'b_story')"),
            ("a limit of the plan", "pro", "private.org_limit('{firm}', 'stories') = 25"),
            ("a limit that is none", "enterprise", "private.org_limit('{firm}', 'stories') is null"),
            ("a limit of a lower plan", "enterprise", "private.org_limit('{firm}', 'pages') = 7"),
            ("a limit that nothing names", "enterprise", "private.org_limit('{firm}', 'none') = 0"),
            ("a limit of a higher plan", "free", "private.org_limit('{firm}', 'pages') = 0"),
        )
    ),
    *(
        Story(
            f"entitled: a policy lets who has {plan} write, or not",
            "owner",
            "insert into projects (org_id) values ('{firm}')",
            state,
            f"{FEATURES}; {HAS.format('firm', plan)}; {PROJECTS}",
        )
        for plan, state in (("pro", ""), ("free", "42501"))
    ),
    *(
        Story(
            f"entitled: {who} asks where they {'may' if due else 'may not'} use a feature",
            who,
            yes(f"(select count(*) from private.orgs_with_feature('{permission}', 'b_story')) = {due}"),
            before=f"{FEATURES}; {HAS.format('firm', 'pro')}",
        )
        for who, permission, due in (
            ("billing", "billing:read", 1),
            ("member", "billing:read", 0),
            ("outsider", "billing:read", 0),
            ("boss", "billing:read", 0),
        )
    ),
]
