"""Stories of comparing customers with the provider: what differs without an event is written, noted and audited."""

from tests.policies.fetched import SUBSCRIPTION, state
from tests.policies.paying import CUSTOMER, sells
from tests.policies.reconcile_stories import NONE, OURS, UNKNOWN, runs

FETCHED = f"{OURS}; update public.billing_customers set fetched_from = now() - interval '1 day'"
COMPARE = f"backend.jobs_compare('stripe', false, 'cus_firm_false', now(), {state(SUBSCRIPTION)}) as c"
FOUND = "exists (select from private.billing_findings where kind = 'drift' and org_id = '{firm}' and subject = 'cus_firm_false' and ended_at is not null and detail = '{{\"objects\": [\"sub_9\"]}}')"
AUDITED = "exists (select from public.audit_log where action = 'billing.drift' and org_id = '{firm}' and subject = 'cus_firm_false')"
WRITTEN = "exists (select from public.subscriptions where provider_id = 'sub_9')"
COMPARED = "exists (select from public.billing_customers where compared_at >= now() and provider_id = 'cus_firm_false')"
STORIES = [
    runs(
        "compare: what differs is written, noted and audited",
        "c = 'drift'",
        COMPARE,
        f"{sells()}; {FETCHED}",
        f"select {FOUND} and {AUDITED} and {WRITTEN}",
    ),
    runs(
        "compare: who was never fetched",
        "c = 'same'",
        COMPARE,
        f"{sells()}; {OURS}",
        f"select {NONE} and {WRITTEN}",
    ),
    runs(
        "compare: whom an event waits for",
        "c = 'same'",
        COMPARE,
        f"{sells()}; {FETCHED}; update public.billing_customers set dirty_at = now()",
        f"select {NONE} and {WRITTEN}",
    ),
    runs(
        "compare: whom an event waited for, and who was fetched at that moment",
        "c = 'drift'",
        COMPARE,
        f"{sells()}; {FETCHED}; update public.billing_customers set dirty_at = fetched_from",
    ),
    runs(
        "compare: what is the same",
        "c = 'same'",
        f"backend.jobs_compare('stripe', false, 'cus_firm_false', now(), {state()}) as c",
        FETCHED,
        f"select {NONE}",
    ),
    runs(
        "compare: who is taken up comes last the next time",
        "c ->> 'org_id' = '{firm}' and (c ->> 'fetched_from')::timestamptz >= now()",
        "backend.jobs_begin_compare('stripe', false, 'cus_firm_false') as c",
        f"{OURS}; {CUSTOMER.format(org='small', live='false')}",
        f"select {COMPARED} and count(*) filter (where compared_at is null) = 1 from public.billing_customers",
    ),
    runs(
        "compare: who is unknown to the provider",
        "c",
        "backend.jobs_note_unknown('stripe', false, 'cus_firm_false') as c",
        f"{OURS}; {CUSTOMER.format(org='small', live='false')}",
        "select count(*) filter (where unknown_since >= now() and unknown_at >= now() and provider_id = 'cus_firm_false') = 1"
        " and count(unknown_since) = 1 from public.billing_customers",
    ),
    runs(
        "compare: who was unknown before",
        "c",
        "backend.jobs_note_unknown('stripe', false, 'cus_firm_false') as c",
        f"{OURS}; {UNKNOWN}",
        "select unknown_since = now() - interval '1 day' and unknown_at >= now() from public.billing_customers",
    ),
    runs(
        "compare: who is known again",
        "c = 'same'",
        f"backend.jobs_compare('stripe', false, 'cus_firm_false', now(), {state()}) as c",
        f"{FETCHED}; {UNKNOWN}",
        "select unknown_since is null from public.billing_customers",
    ),
    *(
        runs(
            f"compare: {what} of {whose}",
            claim,
            f"backend.{function}({asked}) as c",
            OURS,
            "select num_nonnulls(compared_at, unknown_since) = 0 from public.billing_customers",
        )
        for what, function, claim in (
            ("beginning", "jobs_begin_compare", "c is null"),
            ("noting", "jobs_note_unknown", "not c"),
        )
        for whose, asked in (
            ("nobody", "'stripe', false, 'cus_x'"),
            ("another mode", "'stripe', true, 'cus_firm_false'"),
            ("another provider", "'polar', false, 'cus_firm_false'"),
        )
    ),
    *(
        runs(f"compare: {what}", "c is null", f"backend.jobs_compare({asked}, now(), {state()}) as c", FETCHED)
        for what, asked in (
            ("nobody of ours", "'stripe', false, 'cus_x'"),
            ("another mode", "'stripe', true, 'cus_firm_false'"),
            ("another provider", "'polar', false, 'cus_firm_false'"),
        )
    ),
    *(
        runs(
            f"compare: {what}",
            f"c = '{due}'",
            f"backend.jobs_to_compare({asked}) as c",
            f"{OURS}; {CUSTOMER.format(org='small', live='false')}; {before}",
        )
        for what, due, asked, before in (
            (
                "the longest first",
                '["cus_small_false", "cus_firm_false"]',
                "'stripe', false, 9",
                "update public.billing_customers set compared_at = now() - case provider_id when 'cus_firm_false' then interval '2 days' else interval '3 days' end",
            ),
            (
                "who never was comes first",
                '["cus_small_false"]',
                "'stripe', false, 1",
                "update public.billing_customers set compared_at = now() - interval '9 days' where provider_id = 'cus_firm_false'",
            ),
            (
                "not again within a day",
                "[]",
                "'stripe', false, 9",
                "update public.billing_customers set compared_at = now() - interval '1 day'",
            ),
            (
                "not who was deleted",
                "[]",
                "'stripe', false, 9",
                "update public.billing_customers set deleted_at = now()",
            ),
            (
                "not who is not there yet",
                "[]",
                "'stripe', false, 9",
                "update public.billing_customers set provider_id = null",
            ),
            ("not of another mode", "[]", "'stripe', true, 9", "select 1"),
            ("not of another provider", "[]", "'polar', false, 9", "select 1"),
            (
                "one at least",
                '["cus_firm_false"]',
                "'stripe', false, 0",
                "update public.billing_customers set deleted_at = now() where provider_id = 'cus_small_false'",
            ),
        )
    ),
]
