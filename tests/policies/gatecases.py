"""What gate.enter() makes of headers and claims, asked in SQL as PostgREST asks."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from tests.policies.cast import Caller
from tests.policies.court import Court, identity

# What the caller is after the gate.
STATE = """
select gate.enter();
select jsonb_build_object('role', current_user, 'sub', nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub',
    'function', current_setting('mainstay.function', true), 'ip', coalesce(current_setting('mainstay.client_ip', true), ''),
    'id', coalesce(current_setting('mainstay.request_id', true), ''), 'agent', coalesce(current_setting('mainstay.client_agent', true), ''),
    'idempotency', coalesce(current_setting('mainstay.idempotency', true), ''),
    'problem', coalesce(current_setting('mainstay.key_problem', true), ''), 'timeout', current_setting('statement_timeout'))
"""
NARROW, WIDE = "a function that may admit", "a function that may admit and observe"
F, W = {"X-Function-Key": NARROW}, {"X-Function-Key": WIDE}
SAID = {"X-Client-Ip": "192.0.2.7", "X-Request-Id": "r" * 99, "X-Client-Agent": "a" * 999, "X-Forwarded-For": "9.9.9.9"}
SAID |= {"X-Idempotency": "claimed"}
AS = "X-Act-As"
BELIEVED = {"function": "narrow", "ip": "192.0.2.7", "id": "r" * 64, "agent": "a" * 256, "idempotency": "claimed"}
UNBELIEVED = {"function": "", "ip": "", "id": "", "agent": "", "idempotency": "", "problem": ""}
ADMITS = {"role": "gatekeeper", "timeout": "5s"}
BOUND = "update private.function_keys set ip_ranges = '{192.0.2.0/24}' where name = 'narrow'"
# What an API key is bound to is its user's address, as one of our functions states it.
PLACED = "update api_keys set allowed_cidrs = '{192.0.2.0/24}' where id = '{key}'"
EXPIRES = "update private.function_keys set expires_at = now() {} where name = 'narrow'"
PLACES = [
    (True, {"X-Client-Ip": "192.0.2.7"}),
    (True, {"X-Client-Ip": "::ffff:192.0.2.7"}),
    (True, {"X-Client-Ip": "::FFFF:C000:0207"}),
    (False, {"X-Client-Ip": "::ffff:192.0.3.7"}),
    (False, {"X-Client-Ip": "::192.0.2.7"}),
    (False, {"X-Client-Ip": "198.51.100.7"}),
    (False, {"X-Client-Ip": "nonsense"}),
    (False, {"X-Client-Ip": ""}),
    (False, {"Cf-Connecting-Ip": "192.0.2.7", "X-Forwarded-For": "192.0.2.7"}),
]


@dataclass(frozen=True)
class Case:
    """A request, and what it becomes: parts of the state, or the SQLSTATE and hint that refuse it."""

    name: str
    caller: str
    headers: dict[str, str] = field(default_factory=dict)
    becomes: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    change: str = ""


def cases(key: str, stale: str) -> list[Case]:
    """Return every case; `key` is a valid API key as our functions send it, `stale` one that does not match."""
    k, bad = {"X-Api-Key": key}, {"X-Api-Key": stale}
    unproven = "PT401 X-Function-Key"
    found = [
        Case("nobody", "nobody", {}, {"role": "anon", **UNBELIEVED}),
        Case("a person", "owner", {}, {"role": "authenticated", **UNBELIEVED}),
        Case("what clients say of themselves", "owner", SAID, {"role": "authenticated", **UNBELIEVED}),
        Case("what nobody says of themselves", "nobody", SAID, {"role": "anon", **UNBELIEVED}),
        Case("a function for a person", "owner", F | SAID, {"role": "authenticated", **BELIEVED}),
        Case("a function for nobody", "nobody", F | SAID, {"role": "anon", **BELIEVED}),
        Case("a function admits a person", "owner", F | {AS: "gatekeeper"}, ADMITS),
        Case("a function admits nobody", "nobody", F | {AS: "gatekeeper"}, ADMITS),
        Case("a function with a key", "nobody", F | k, {"role": "integrator", "sub": "key", "timeout": "5s"}),
        Case("a function admits a key", "nobody", F | k | {AS: "gatekeeper"}, ADMITS | {"sub": "key", "problem": ""}),
        Case(
            "a function admits a bad key",
            "nobody",
            F | bad | {AS: "gatekeeper"},
            ADMITS | {"problem": "key_unknown", "sub": None},
        ),
        Case("a bad key to work with", "nobody", F | bad, refused="PT401"),
        Case("a bad key to observe with", "nobody", W | bad | {AS: "observer"}, refused="PT401"),
        Case("no key at all", "nobody", F | {"X-Api-Key": ""}, refused="PT401"),
        Case("a key and a person", "owner", F | k, refused="PT400"),
        Case("a key and a person to admit", "owner", F | k | {AS: "gatekeeper"}, refused="PT400"),
        Case("an operator through a function", "operator", F, refused="PT403 Authorization"),
        Case("an operator", "operator", {}, {"role": "service_role", **UNBELIEVED}),
        Case(
            "a key bound to an address, from there",
            "nobody",
            F | {"Cf-Connecting-Ip": "192.0.2.1"},
            {"function": "narrow"},
            change=BOUND,
        ),
        Case(
            "a key bound to an address, from elsewhere",
            "nobody",
            F | {"Cf-Connecting-Ip": "198.51.100.1"},
            refused=unproven,
            change=BOUND,
        ),
        Case(
            "a key bound to an address, lying",
            "nobody",
            F | {"X-Forwarded-For": "192.0.2.1", "X-Client-Ip": "192.0.2.1"},
            refused=unproven,
            change=BOUND,
        ),
        Case("a key bound to an address, from nowhere", "nobody", F, refused=unproven, change=BOUND),
        Case("a function key that expires now", "nobody", F, refused=unproven, change=EXPIRES.format("")),
        Case(
            "a function key that expires soon",
            "nobody",
            F,
            {"function": "narrow"},
            change=EXPIRES.format("+ interval '1 second'"),
        ),
    ]
    found += [
        Case(
            f"an API key for its addresses, {where}",
            "nobody",
            F | k | where | ({AS: "gatekeeper"} if admits else {}),
            (ADMITS | {"problem": "" if there else "key_address"})
            if admits
            else {"role": "integrator", "sub": "key"}
            if there
            else {},
            refused="" if there or admits else "PT401",
            change=PLACED,
        )
        for admits in (True, False)
        for there, where in PLACES
    ]
    found += [
        Case(f"{proof} and {[*wanted]}", "nobody", proof | wanted, refused=unproven)
        for proof in ({}, {"X-Function-Key": ""}, {"X-Function-Key": "guess"})
        for wanted in ({AS: "gatekeeper"}, k, {AS: "gatekeeper"} | k, {AS: ""})
    ]
    roles = (
        "",
        "observer",
        "staff_reader",
        "integrator",
        "anon",
        "authenticated",
        "service_role",
        "postgres",
        "authenticator",
    )
    for role in roles:
        found += [
            Case(f"as {role!r} with {[*more]}", who, F | {AS: role} | more, refused="PT403 X-Act-As")
            for who, more in (("owner", {}), ("nobody", {}), ("nobody", k), ("nobody", bad))
        ]
    return found


def install(court: Court) -> None:
    """Give the court's functions their keys."""
    for secret, name, may in ((NARROW, "narrow", ["gatekeeper"]), (WIDE, "wide", ["gatekeeper", "observer"])):
        digest = hashlib.sha256(secret.encode()).digest()
        court.world.run(
            "insert into private.function_keys (digest, name, may_act_as) values (%s, %s, %s)", digest, name, may
        )


def judge(court: Court) -> Iterator[str]:
    """Tell of every request that the gate takes for something else."""
    key = court.stage.keys["key"]
    callers = court.stage.callers | {"operator": Caller("service_role", {"role": "service_role"})}
    for case in cases(key.presented(), key.presented(secret="guess")):
        with court.meanwhile(*filter(None, [case.change.replace("{key}", str(key.id))])):
            caller = callers[case.caller]
            for read_only in (False, True):
                who = identity(caller.role, caller.claims, "", case.headers, read_only=read_only)
                outcome = court.run(sql.Composed([who, sql.SQL(STATE)]))
                found = f"{outcome.state} {outcome.hint or ''}".strip()
                state = outcome.value or {}
                due = {n: str(key.id) if v == "key" else v for n, v in case.becomes.items()}
                if found != case.refused or {name: state.get(name) for name in due} != due:
                    yield f"{case.name}: {found or state}, not {case.refused or due}"
    yield from _judge_roles(court)


def _judge_roles(court: Court) -> Iterator[str]:
    """A second layer: tokens of roles that may not even reach the gate are refused by it."""
    statement = "select set_config('request.jwt.claims', {}, true); select gate.recognize({})"
    headers = json.dumps({"x-function-key": NARROW})
    for role in ("service_role", "integrator", "gatekeeper", "observer", "postgres", ""):
        claims = json.dumps({"role": role}) if role else ""
        outcome = court.run(sql.SQL(statement).format(claims, headers))
        if (outcome.state, outcome.hint) != ("PT403", "Authorization"):
            yield f"gate.recognize takes a function for {role!r}: {outcome}"
