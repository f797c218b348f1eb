"""Stories of the inbox: what an event leads to, once, whoever it concerns."""

from tests.policies.paying import CUSTOMER, pays, sells
from tests.policies.story import Story, yes

OURS = CUSTOMER.format(org="firm", live="false")
CHANGED = "update public.billing_customers set fetched_from = now() - interval '1 day', dirty_at = now()"
KEPT = "from private.webhook_events where event_id = 'evt_1'"
JOB = "exists (select from private.jobs where {} and status = 'waiting')"
REFRESH = (
    "kind = 'billing.refresh' and dedupe_key = 'refresh:stripe:f:cus_firm_false'"
    ' and payload @> \'{{"provider": "stripe", "livemode": false, "customer": "cus_firm_false"}}\''
)
FIND = (
    "kind = 'billing.find_customer' and dedupe_key = 'find:stripe:f:pi_1'"
    ' and payload = \'{{"provider": "stripe", "livemode": false, "object": "pi_1"}}\''
)
CATALOG = "kind = 'billing.refresh_catalog' and dedupe_key = 'catalog:stripe'"
DIRTY = "(select dirty_at is not null from public.billing_customers where provider_id = 'cus_firm_false')"


def event(customer: str = "cus_firm_false", **changes: str) -> str:
    """Return an event as SQL; `changes` are JSON."""
    told = {"provider": '"stripe"', "id": '"evt_1"', "livemode": "false", "type": '"invoice.paid"'}
    told |= {"api_version": '"v"', "customer": f'"{customer}"' if customer else "null", "object": '"in_1"'}
    told |= {"occurred_at": '"2026-11-21T00:00:00Z"'} | changes
    return "'{{" + ", ".join(f'"{name}": {value}' for name, value in told.items()) + "}}'"


def receive(name: str, due: str, told: str, before: str = OURS, then: str = "", live: str = "false") -> Story:
    """Return a story of an event that comes."""
    asked = f"backend.billing_receive({told}, {live}) as r"
    return Story(f"inbox: {name}", "nobody", yes(f"r = '{due}'", asked), "", before, then, "billing", "billing_writer")


def runs(name: str, claim: str, source: str, before: str, then: str = "") -> Story:
    """Return a story of what the runner of jobs does."""
    return Story(f"inbox: {name}", "nobody", yes(claim, source), "", before, then, "billing", "job_runner")


def refused(name: str, call: str, state: str, before: str = "", function: str = "billing") -> Story:
    """Return a story of what the runner of jobs may not do."""
    return Story(f"inbox: {name}", "nobody", f"select {call}", state, before, "", function, "job_runner")


def ignored(why: str) -> str:
    """Return the claim that the event was kept and nothing else."""
    return f"select status = 'ignored' and reason = '{why}' and done_at is not null {KEPT}"


def job(**columns: str) -> str:
    """Return what puts a refresh of the firm's customer there."""
    told = {"kind": "'billing.refresh'", "dedupe_key": "'refresh:stripe:f:cus_firm_false'"} | columns
    return f"insert into private.jobs ({', '.join(told)}) values ({', '.join(told.values())})"


AGAIN = f"{OURS}; insert into private.webhook_events (provider, event_id, livemode, type, occurred_at) values ('stripe', 'evt_1', false, 'x', now())"
SOUGHT = "insert into private.webhook_events (provider, event_id, livemode, type, object_ref, sought, occurred_at, status) values ('stripe', 'evt_{}', {}, 'x', '{}', {}, now(), '{}')"
ASIDE = "; ".join(
    SOUGHT.format(*each)
    for each in (
        (2, "false", "pi_2", "true", "waiting"),
        (3, "true", "pi_1", "true", "waiting"),
        (4, "false", "pi_1", "false", "waiting"),
        (5, "false", "pi_1", "true", "dead"),
    )
)
WAITS = f"{OURS}; {SOUGHT.format(1, 'false', 'pi_1', 'true', 'waiting')}; {ASIDE}"
UNTOUCHED = (
    "(select bool_and(customer_ref is null and done_at is null) from private.webhook_events where event_id <> 'evt_1')"
)
INVOICE = (
    "insert into public.invoices (org_id, provider, livemode, provider_id, status, currency, total, amount_due, amount_paid,"
    " period_start, period_end, issued_at) values ('{firm}', 'stripe', false, 'in_firm', 'open', 'usd', 1, 1, 0, now(), now(), now())"
)
PUSHED = "select run_at > now() and run_at <= clock_timestamp() + interval '0.5 seconds' from private.jobs where kind = 'billing.refresh'"
BY = "jsonb_build_object('by', now() + interval '{}')"
STAYS = "select run_at = now() + interval '{}' from private.jobs where kind = 'billing.refresh'"
STORIES = [
    receive(
        "an event of a customer",
        "sent",
        event(),
        then=f"select status = 'waiting' and customer_ref = 'cus_firm_false' and object_ref = 'in_1' and type = 'invoice.paid' and api_version = 'v'"
        f" and not livemode and provider = 'stripe' and not sought and occurred_at = '2026-11-21T00:00:00Z' and {DIRTY} and {JOB.format(REFRESH)} {KEPT}",
    ),
    receive("another event of a customer", "waiting", event(), f"{OURS}; {job()}", f"select {DIRTY}"),
    receive("an event that is known", "known", event(), AGAIN, f"select type = 'x' and not {DIRTY} {KEPT}"),
    receive("a customer who is not ours", "ignored", event("cus_x"), then=ignored("of a customer that is not ours")),
    receive(
        "a customer of the other mode",
        "ignored",
        event("cus_firm_true"),
        CUSTOMER.format(org="firm", live="true"),
        ignored("of a customer that is not ours"),
    ),
    receive(
        "a customer of another provider",
        "ignored",
        event(provider='"polar"'),
        then=f"{ignored('of a customer that is not ours')}",
    ),
    receive("an event of the other mode", "ignored", event(livemode="true"), then=ignored("of the other mode")),
    receive("nobody's event", "ignored", event(""), then=ignored("of no customer")),
    *(
        receive(
            f"an event of a {kind}",
            "ignored",
            event("", type=f'"{kind}.updated"'),
            then=f"select reason = 'the catalog is compared' and {JOB.format(CATALOG)} {KEPT}",
        )
        for kind in ("product", "v1.price")
    ),
    receive(
        "a kind that only sounds like a product",
        "ignored",
        event("", type='"my.product.x"'),
        then=ignored("of no customer"),
    ),
    receive(
        "somebody's, and nobody knows whose",
        "sent",
        event("", sought="true", object='"pi_1"'),
        then=f"select status = 'waiting' and customer_ref is null and sought and {JOB.format(FIND)} {KEPT}",
    ),
    receive(
        "the same object again",
        "waiting",
        event("", sought="true", object='"pi_1"'),
        job(kind="'billing.find_customer'", dedupe_key="'find:stripe:f:pi_1'"),
    ),
    receive(
        "a subscription that we have seen",
        "sent",
        event("", sought="true", object='"sub_firm_false"'),
        f"{sells()}; {pays()}",
        f"select customer_ref = 'cus_firm_false' and status = 'waiting' and {DIRTY} {KEPT}",
    ),
    receive(
        "an object that nobody is asked about",
        "ignored",
        event("", object='"sub_firm_false"'),
        f"{sells()}; {pays()}",
        ignored("of no customer"),
    ),
    receive(
        "a burst goes on",
        "waiting",
        event(),
        f"{OURS}; {job(payload=BY.format('1 minute'), run_at=chr(39) + 'infinity' + chr(39))}",
        PUSHED,
    ),
    receive(
        "a burst is over for ever",
        "waiting",
        event(),
        f"{OURS}; {job(payload=BY.format('-1 second'), run_at=chr(39) + 'infinity' + chr(39))}",
        STAYS.format("-1 second"),
    ),
    *(
        receive(
            f"a job that {name} is left alone",
            "waiting",
            event(),
            f"{OURS}; {job(run_at='now() + interval $$9 seconds$$', **columns)}",
            STAYS.format("9 seconds"),
        )
        for name, columns in (
            ("was never put back", {}),
            ("somebody is at", {"token": "gen_random_uuid()", "payload": BY.format("1 minute")}),
        )
    ),
    Story(
        "inbox: a function of the other mode",
        "nobody",
        f"select backend.billing_receive({event()}, true)",
        "PT503",
        OURS,
        function="billing",
        role="billing_writer",
        says="Billing is set up for another mode.",
    ),
    Story(
        "inbox: directly",
        "nobody",
        f"select backend.billing_receive({event()}, false)",
        "PT403",
        OURS,
        role="billing_writer",
    ),
    *(
        refused(f"{name} directly", call, "PT403", f"{OURS}; {CHANGED}", "")
        for name, call in (
            ("find", "backend.billing_found('stripe', false, 'x', 'x')"),
            ("own", "backend.billing_owner('stripe', false, 'x')"),
            ("begin", "backend.billing_begin('stripe', false, 'x')"),
            ("write", "backend.billing_write('stripe', false, 'x', now(), '{{}}')"),
            ("end", "backend.jobs_end_refresh(1, gen_random_uuid(), 'stripe', false, 'cus_firm_false')"),
            ("next", "backend.jobs_next()"),
            ("announce", "backend.jobs_announce_plans()"),
            ("tell", "backend.jobs_tell_customers()"),
            ("check", "backend.jobs_check_billing()"),
            ("compare", "backend.jobs_compare('stripe', false, 'x', now(), '{{}}')"),
            ("begin to compare", "backend.jobs_begin_compare('stripe', false, 'x')"),
            ("note who is unknown", "backend.jobs_note_unknown('stripe', false, 'x')"),
            ("choose", "backend.jobs_to_compare('stripe', false, 1)"),
            ("sweep", "backend.jobs_sweep('stripe', false, '[]', 'x')"),
            ("begin a sweep", "backend.jobs_begin_sweep('stripe', false)"),
            ("end a sweep", "backend.jobs_end_sweep('stripe', false)"),
            ("begin the catalog", "backend.jobs_begin_catalog()"),
            ("write the catalog", "backend.jobs_write_catalog('stripe', false, now(), '[]')"),
            ("prune", "backend.jobs_prune_billing(1)"),
            ("look up", "backend.outbox_effect(gen_random_uuid())"),
        )
    ),
    runs(
        "whose a subscription is",
        "o = 'cus_firm_false'",
        "backend.billing_owner('stripe', false, 'sub_firm_false') as o",
        f"{sells()}; {pays()}",
    ),
    runs(
        "whose an invoice is",
        "o = 'cus_firm_false'",
        "backend.billing_owner('stripe', false, 'in_firm') as o",
        f"{OURS}; {INVOICE}",
    ),
    *(
        runs(
            f"whose it is in another {what}",
            "o is null",
            f"backend.billing_owner({asked}) as o",
            f"{sells()}; {pays()}; {INVOICE}",
        )
        for what, asked in (
            ("mode", "'stripe', true, 'sub_firm_false'"),
            ("provider", "'polar', false, 'sub_firm_false'"),
            ("mode, an invoice", "'stripe', true, 'in_firm'"),
            ("provider, an invoice", "'polar', false, 'in_firm'"),
            ("name", "'stripe', false, 'in_x'"),
        )
    ),
    runs(
        "it is found",
        "n = 1",
        "backend.billing_found('stripe', false, 'pi_1', 'cus_firm_false') as n",
        WAITS,
        f"select status = 'waiting' and customer_ref = 'cus_firm_false' and not sought and {DIRTY} and {UNTOUCHED} {KEPT}",
    ),
    runs(
        "it is nobody's",
        "n = 1",
        "backend.billing_found('stripe', false, 'pi_1', null) as n",
        WAITS,
        f"select status = 'ignored' and reason = 'of no customer' and {UNTOUCHED} {KEPT}",
    ),
    runs("it is found at another provider", "n = 0", "backend.billing_found('polar', false, 'pi_1', null) as n", WAITS),
]
