"""Stories of the catalog as the provider says it, of whose jobs are whose, and of events that are taken again."""

from tests.policies.inbox_stories import job
from tests.policies.paying import CUSTOMER, pays, sells
from tests.policies.reconcile_stories import OURS, owner, runs
from tests.policies.story import AS_OWNER, Story, yes

PRICE = '{{"provider_id": "price_9", "lookup_key": null, "active": true, "currency": "eur", "unit_amount": 7, "recurring_interval": "year", "interval_count": 2}}'
SOLD = '{{"provider_id": "price_pro_false", "lookup_key": "%s", "active": %s, "currency": "usd", "unit_amount": 1900, "recurring_interval": "month", "interval_count": 1}}'
SELLING = (
    f"{sells()}; update public.prices set sellable = true, lookup_key = 'story' where provider_id = 'price_pro_false'"
)
ROW = (
    "select (c.currency, c.unit_amount, c.recurring_interval, c.interval_count, c.sellable, c.lookup_key, c.livemode, p.provider_id)::text ="
    " ('eur', 7, 'year', 2, false, null::text, false, 'prod_pro_false')::text from public.prices as c inner join public.products as p"
    " on p.id = c.product_id where c.provider_id = 'price_9'"
)


def told(prices: str, product: str = "prod_pro_false", active: str = "true") -> str:
    """Return what the provider says of a product, as SQL."""
    return f'\'[{{{{"provider_id": "{product}", "name": "New", "description": "d", "active": {active}, "prices": [{prices}]}}}}]\''


def catalog(name: str, due: int, said: str, then: str, before: str = SELLING, provider: str = "stripe") -> Story:
    """Return a story of writing the catalog."""
    return runs(
        f"catalog: {name}",
        f"c = {due}",
        f"backend.jobs_write_catalog('{provider}', false, clock_timestamp(), {said}) as c",
        before,
        then,
    )


def sellable(due: str) -> str:
    """Return the claim that the price is sold, or not."""
    return f"select sellable = {due} from public.prices where provider_id = 'price_pro_false'"


DEAD = "insert into private.webhook_events (provider, event_id, livemode, type, customer_ref, object_ref, sought, occurred_at, status) values ('{}', '{}', {}, 'x.y', {}, {}, {}, now(), '{}')"
GIVEN_UP = "; ".join(
    DEAD.format(*each)
    for each in (
        ("stripe", "mine", "false", "'cus_firm_false'", "null", "false", "waiting"),
        ("stripe", "whose", "false", "null", "'pi_1'", "true", "waiting"),
        ("stripe", "done", "false", "'cus_firm_false'", "null", "false", "done"),
        ("stripe", "other", "false", "'cus_x'", "'pi_2'", "true", "waiting"),
        ("stripe", "mode", "true", "'cus_firm_false'", "'pi_1'", "true", "waiting"),
        ("polar", "provider", "false", "'cus_firm_false'", "'pi_1'", "true", "waiting"),
        ("stripe", "told", "false", "null", "'pi_1'", "false", "waiting"),
    )
)
ENDS = (
    "insert into private.jobs (kind, payload) values ('billing.{}', jsonb_build_object('provider', 'stripe', 'livemode', false, '{}', '{}'));"
    " update private.jobs set status = '{}', finished_at = now(), last_error = 'why' where kind = 'billing.{}' and payload ? '{}'"
)
IS_DEAD = "(select coalesce(array_agg(event_id order by event_id), '{{{{}}}}') from private.webhook_events where status = 'dead' and reason = 'why' and done_at is not null) = '{}'"
REPLAYED = "; ".join(
    f"insert into private.webhook_events (provider, event_id, livemode, type, occurred_at, status, received_at, reason) values ('stripe', 'evt_{n}', false, '{kind}', now(), '{status}', now() - interval '{age} hours', 'why')"
    for n, kind, status, age in (
        (1, "a.b", "dead", 1),
        (2, "a.c", "dead", 3),
        (3, "b.c", "dead", 2),
        (4, "a.b", "done", 1),
    )
)


def replay(name: str, due: str, arguments: str) -> Story:
    """Return a story of events that are taken again: which ones are."""
    claim = f"r = '{{{{\"ignored\": {len(due.split())}}}}}'" if due else "r = '{{}}'"
    then = f"select (select coalesce(string_agg(event_id, ' ' order by event_id), '') from private.webhook_events where reason = 'of no customer') = '{due}'"
    before = f"delete from private.webhook_events; {REPLAYED}"
    return Story(
        f"replay: {name}",
        "nobody",
        AS_OWNER + yes(claim, f"private.replay_events({arguments}) as r"),
        before=before,
        then=then,
    )


def next_job(name: str, claim: str, before: str, arguments: str = "") -> Story:
    """Return a story of what is waited for."""
    return runs(f"next: {name}", claim, f"backend.jobs_next({arguments}) as n", f"delete from private.jobs; {before}")


def reads(name: str, kinds: str, arguments: str) -> Story:
    """Return a story of whose jobs are read."""
    sent = "; ".join(f"insert into private.jobs (kind) values ('{kind}')" for kind in ("billing.note", "core.note"))
    claim = (
        f"(select string_agg(j ->> 'kind', ' ' order by j ->> 'kind') from jsonb_array_elements(r) as j) = '{kinds}'"
    )
    return runs(f"read: {name}", claim, f"backend.jobs_read(9, 9{arguments}) as r", f"delete from private.jobs; {sent}")


def health(name: str, claim: str, before: str) -> Story:
    """Return a story of how billing is."""
    clean = "delete from public.billing_customers; update public.products set active = false"
    asked = yes(claim, "backend.health_billing() as h")
    return Story(f"health: {name}", "nobody", asked, "", f"{clean}; {before}", "", "core", "observer")


STORIES = [
    catalog("a price that was not known", 1, told(PRICE), ROW),
    catalog("a price that is known", 0, told(SOLD % ("story", "true")), sellable("true")),
    catalog("a price that was archived", 0, told(SOLD % ("story", "false")), sellable("false")),
    catalog("a price that lost its name", 0, told(SOLD % ("other", "true")), sellable("false")),
    catalog("a price that is gone", 1, told(PRICE), sellable("false")),
    catalog("a product that was archived", 0, told(SOLD % ("story", "true"), active="false"), sellable("false")),
    catalog("a price that is not sold stays so", 0, told(SOLD % ("story", "true")), sellable("false"), sells()),
    catalog(
        "what is longer than we keep it is cut",
        0,
        told(SOLD % ("story", "true")).replace('"New"', f'"{"n" * 251}"').replace('"d"', f'"{"d" * 1001}"'),
        "select char_length(name) = 250 and char_length(description) = 1000 from public.products where provider_id = 'prod_pro_false'",
    ),
    catalog(
        "a product's words",
        0,
        told(SOLD % ("story", "true")),
        "select name = 'New' and description = 'd' and active from public.products where provider_id = 'prod_pro_false'",
    ),
    catalog(
        "a product's end",
        0,
        told("", active="false"),
        "select not active from public.products where provider_id = 'prod_pro_false'",
    ),
    catalog(
        "a product of others",
        0,
        told(PRICE, "prod_x"),
        "select not exists (select from public.prices where provider_id = 'price_9') and (select sellable from public.prices where provider_id = 'price_pro_false')",
    ),
    catalog(
        "another provider",
        0,
        told(PRICE),
        "select not exists (select from public.prices where provider_id = 'price_9')",
        provider="polar",
    ),
    catalog(
        "who pays a price that was not known is fetched",
        1,
        told(PRICE),
        "select array_agg(payload ->> 'customer') = array['cus_firm_false'] from private.jobs where kind = 'billing.refresh'",
        f"{SELLING}; {pays()}; update public.subscription_items set price_id = null where provider_id = 'si_pro'; {CUSTOMER.format(org='small', live='false')}",
    ),
    catalog(
        "nobody is fetched for what was known",
        0,
        told(SOLD % ("story", "true")),
        "select not exists (select from private.jobs where kind = 'billing.refresh')",
        f"{SELLING}; {pays()}; update public.subscription_items set price_id = null where provider_id = 'si_pro'",
    ),
    Story(
        "catalog: a function of the other mode",
        "nobody",
        "select backend.jobs_write_catalog('stripe', true, now(), '[]')",
        "PT503",
        function="billing",
        role="job_runner",
    ),
    owner(
        "a refresh that was given up",
        IS_DEAD.format("{{{{mine}}}}").replace("{{{{", "{{").replace("}}}}", "}}"),
        f"{GIVEN_UP}; {ENDS.format('refresh', 'customer', 'cus_firm_false', 'dead', 'refresh', 'customer')}",
    ),
    owner(
        "a search that was given up",
        IS_DEAD.format("{{{{whose}}}}").replace("{{{{", "{{").replace("}}}}", "}}"),
        f"{GIVEN_UP}; {ENDS.format('find_customer', 'object', 'pi_1', 'dead', 'find_customer', 'object')}",
    ),
    owner(
        "a refresh that was done",
        IS_DEAD.format("{{{{}}}}").replace("{{{{", "{{").replace("}}}}", "}}"),
        f"{GIVEN_UP}; {ENDS.format('refresh', 'customer', 'cus_firm_false', 'done', 'refresh', 'customer')}",
    ),
    replay("all that are dead", "evt_1 evt_2 evt_3", ""),
    replay("by id", "evt_2", "array['evt_2']"),
    replay("by kind", "evt_1 evt_2", "null, 'a.%'"),
    replay("since", "evt_1 evt_3", "since => now() - interval '2 hours'"),
    replay("until", "evt_2", "until => now() - interval '2 hours'"),
    replay("by status", "evt_4", "statuses => array['done']"),
    next_job("nothing", "n is null", "select 1"),
    next_job(
        "the first to come",
        "n between 8 * 3600 and 9 * 3600",
        f"{job(kind=chr(39) + 'a.b' + chr(39), run_at='now() + interval $$9 hours$$')}; {job(kind=chr(39) + 'a.c' + chr(39), dedupe_key='null', run_at='now() + interval $$19 hours$$')}",
    ),
    next_job("what somebody is at", "n is null", job(kind="'a.b'", token="gen_random_uuid()")),
    next_job("what is done", "n is null", job(kind="'a.b'", status="'done'", finished_at="now()")),
    next_job("another module's", "n is null", job()),
    next_job("one's own", "n is not null", job(), "'billing.%', ''"),
    next_job("not one's own", "n is null", job(kind="'a.b'"), "'billing.%', ''"),
    reads("those of no other module", "core.note", ""),
    reads("one's own", "billing.note", ", 'billing.%', ''"),
    reads("all", "billing.note core.note", ", '%', ''"),
    health(
        "nothing is sold",
        "not (h ->> 'configured')::boolean and h ->> 'behind_seconds' = '0' and not (h ->> 'livemode')::boolean",
        "select 1",
    ),
    health("something is sold", "(h ->> 'configured')::boolean", sells()),
    health("something is sold in another mode", "not (h ->> 'configured')::boolean", sells(live="true")),
    health(
        "somebody changed",
        "(h ->> 'behind_seconds')::numeric = 60",
        f"{OURS}; update public.billing_customers set dirty_at = now() - interval '1 minute'",
    ),
    health(
        "somebody changed and was fetched",
        "(h ->> 'behind_seconds')::numeric = 0",
        f"{OURS}; update public.billing_customers set dirty_at = now() - interval '1 minute', fetched_from = now()",
    ),
    health(
        "somebody changed at the moment of the fetch",
        "(h ->> 'behind_seconds')::numeric = 0",
        f"{OURS}; update public.billing_customers set dirty_at = now() - interval '1 minute', fetched_from = now() - interval '1 minute'",
    ),
    Story("health: directly", "nobody", "select backend.health_billing()", "PT403", role="observer"),
    health(
        "a rule does not hold",
        "h ->> 'violations' = '1'",
        "insert into private.billing_findings (kind, subject) values ('story', 'x'); insert into private.billing_findings (kind, subject, ended_at) values ('story', 'y', now())",
    ),
]
