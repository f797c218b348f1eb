"""A function's keys against the grants manifest. What each role holds is judged in rights.py."""

from uuid import uuid4

import httpx
import pytest

from dev.stack import Stack
from ops.function_keys import MAY_ACT_AS
from tests.policies.court import Court
from tests.policies.rights import MANIFEST, OURS, judge
from tests.world import World


def test_the_manifest_names_every_role_a_request_can_run_as(world: World) -> None:
    reachable = world.value(
        "select array_agg(rolname::text) from pg_roles where pg_has_role('authenticator', oid, 'member')"
    )
    assert set(reachable) <= set(MANIFEST) | {"authenticator"}


@pytest.mark.parametrize("schema", ["public", "private", "backend", "gate", "hooks"])
def test_nothing_is_granted_by_default(court: Court, schema: str) -> None:
    with court.hearing():
        court.world.run(f"create table {schema}.born_today (id int generated always as identity primary key)")
        court.world.run(f"create function {schema}.born_today() returns int language sql return 1")
        assert [found for found in judge(court) if "born_today" in found] == []


def exposed(world: World) -> list[tuple[str, str, str]]:
    """Return (schema, path, qualified name) of everything that PostgREST could be asked for."""
    tables = world.connection.execute(
        b"select schemaname, tablename from pg_tables where schemaname in ('public', 'backend')"
    )
    functions = world.connection.execute(
        b"select distinct n.nspname, p.proname from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace"
        b" where n.nspname in ('public', 'backend')"
    )
    found = [(schema, f"/{name}", f"{schema}.{name}") for schema, name in tables.fetchall()]
    return found + [(schema, f"/rpc/{name}", f"{schema}.{name}") for schema, name in functions.fetchall()]


# What must be said for PostgREST to find a function of schema backend; the others can be called without a word.
ARGUMENTS: dict[str, dict[str, object]] = {
    "backend.admit": {"route": "x"},
    "backend.billing_assign_seat": {"org": None, "person": str(uuid4())},
    "backend.billing_close_checkout": {"live": False, "ref": "x", "outcome": "expired"},
    "backend.billing_customer": {"org": None, "live": False},
    "backend.billing_keep_preview": {
        "live": False,
        "terms": {},
        "token_digest": "",
        "due": 0,
        "in_all": 0,
        "in_currency": "usd",
    },
    "backend.billing_name_customer": {"org": None, "live": False, "former": None, "ref": "x"},
    "backend.billing_note_session": {"checkout": str(uuid4()), "live": False, "ref": "x", "ends_at": "now"},
    "backend.billing_order_seats": {"org": None, "live": False, "quantity": 1},
    "backend.billing_plans": {"live": False},
    "backend.billing_prepare_act": {"org": None, "live": False, "act": "x"},
    "backend.billing_prepare_change": {"org": None, "live": False, "price": None, "lookup": None, "quantity": None},
    "backend.billing_prepare_checkout": {"org": None, "live": False, "price": None, "lookup": None, "quantity": 1},
    "backend.billing_record_usage": {"org": None, "live": False, "counted": "x", "quantity": 1, "identifier": "x"},
    "backend.billing_release_hold": {"org": None, "held": str(uuid4())},
    "backend.billing_release_seat": {"org": None, "person": str(uuid4())},
    "backend.billing_seats": {"org": None},
    "backend.billing_subscription": {"org": None, "live": False},
    "backend.billing_use_preview": {"live": False, "token_digest": ""},
    "backend.jobs_end_usage": {"event": 0},
    "backend.jobs_seat_order": {"outbox_id": str(uuid4())},
    "backend.jobs_settle_seats": {"org": str(uuid4()), "order": str(uuid4())},
    "backend.billing_begin": {"of_provider": "stripe", "live": False, "ref": "x"},
    "backend.billing_write": {"of_provider": "stripe", "live": False, "ref": "x", "fetched_from": "now", "state": {}},
    "backend.billing_receive": {"event": {}, "live": True},
    "backend.billing_owner": {"of_provider": "stripe", "live": False, "object": "x"},
    "backend.billing_found": {"of_provider": "stripe", "live": False, "object": "x", "customer": None},
    "backend.jobs_end_refresh": {"job": 0, "lease": str(uuid4()), "of_provider": "stripe", "live": False, "ref": "x"},
    "backend.jobs_begin_sweep": {"of_provider": "stripe", "live": False},
    "backend.jobs_sweep": {"of_provider": "stripe", "live": False, "events": [], "after": "x"},
    "backend.jobs_end_sweep": {"of_provider": "stripe", "live": False},
    "backend.jobs_to_compare": {"of_provider": "stripe", "live": False, "most": 1},
    "backend.jobs_begin_compare": {"of_provider": "stripe", "live": False, "ref": "x"},
    "backend.jobs_note_unknown": {"of_provider": "stripe", "live": False, "ref": "x"},
    "backend.jobs_compare": {"of_provider": "stripe", "live": False, "ref": "x", "fetched_from": "now", "state": {}},
    "backend.jobs_write_catalog": {"of_provider": "stripe", "live": False, "fetched_from": "now", "told": []},
    "backend.jobs_prune_billing": {"most": 1},
    "backend.outbox_effect": {"outbox_id": str(uuid4())},
    "backend.count_requests": {"previous": []},
    "backend.dashboard": {"span": "1h", "left_out": []},
    "backend.end_leaked_keys": {"reports": [], "finder": "x"},
    "backend.idempotency_claim": {"route": "x"},
    "backend.idempotency_finish": {"route": "x", "token": str(uuid4()), "status": 200, "answer": {}},
    "backend.idempotency_release": {"route": "x", "token": str(uuid4())},
    "backend.jobs_archive": {"job": 0, "lease": str(uuid4())},
    "backend.jobs_extend": {"job": 0, "lease": str(uuid4())},
    "backend.jobs_fail": {"job": 0, "lease": str(uuid4()), "error": "x"},
    "backend.jobs_schedule": {"schedule": "x", "due_at": "2026-01-01", "next_at": "2026-01-02"},
    "backend.mail_begin": {"outbox_id": str(uuid4()), "address": "x", "repeatable": True},
    "backend.mail_end": {"delivery": str(uuid4()), "outcome": "sent"},
    "backend.mail_event": {"provider_id": "x", "reason": "bounce"},
    "backend.mail_unsubscribe": {"delivery": str(uuid4())},
    "backend.outbox_mail": {"outbox_id": str(uuid4())},
    "backend.report_error": {"category": "x", "message": "x", "severity": "low", "metadata": {}},
    "backend.staff_read_error": {"report": str(uuid4())},
    "backend.staff_resolve_error": {"report": str(uuid4())},
    "backend.staff_find_person": {"wanted": "x"},
    "backend.staff_read_organization": {"org": str(uuid4())},
    "backend.staff_name_owner": {"org": str(uuid4()), "person": str(uuid4()), "reason": "x"},
    "backend.staff_ban": {"person": str(uuid4()), "until": None, "reason": "x"},
    "backend.staff_set_role": {"person": str(uuid4()), "new_role": None},
}


def was_reached(answer: httpx.Response) -> bool:
    """Tell whether a function ran: it answered, or refused in its own words rather than in those of the gate."""
    said = answer.json() if answer.content else {}
    refused = isinstance(said, dict) and str(said.get("code")).startswith("PT") and said.get("hint") != "X-Act-As"
    return answer.is_success or refused


@pytest.mark.parametrize("unit", MAY_ACT_AS)
def test_a_functions_key_reaches_nothing_beyond_its_rows(
    world: World, rest: httpx.Client, stack: Stack, unit: str
) -> None:
    roles = world.value("select array_agg(rolname::text) from pg_roles")
    opened = set()
    for role in [None, *roles]:
        act_as = {"X-Act-As": role} if role else {}
        for schema, path, name in exposed(world):
            profile = {"Accept-Profile": schema, "Content-Profile": schema}
            headers = {"X-Function-Key": stack.function_key(unit), **act_as, **profile}
            said = ARGUMENTS.get(name, {})
            answer = rest.post(path, headers=headers, json=said) if "/rpc/" in path else rest.get(path, headers=headers)
            if was_reached(answer):
                opened.add((role, name))
    public = {(None, table) for table in MANIFEST["anon"]["tables"]}
    assert opened == public | {(role, name) for role in MAY_ACT_AS[unit] for name in MANIFEST[role]["functions"]}


def test_api_roles_own_nothing(world: World) -> None:
    owners = world.value(
        "select array_agg(distinct pg_get_userbyid(relowner)::text) from pg_class as c"
        f" inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname in {OURS}"
    )
    assert owners == ["postgres"]
