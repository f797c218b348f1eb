"""Stories of what a mail says and to whom it goes, as of the moment at which it is sent."""

import json

from tests.policies.mail_stories import E1, E2, core, effect
from tests.policies.story import Story, yes

FOUND = f"backend.outbox_mail('{E1}')"
AT = "'2026-11-21 07:42:59+00'"
SPELLED, NEW_YEAR = "21 November 2026, 07:42 UTC", "1 January 2050, 00:00 UTC"


def payload(**members: object) -> str:
    """Return an outbox row's payload as a story's text, in which ids stand in single braces."""
    return "{{" + json.dumps(members)[1:-1] + "}}"


def says(name: str, kind: str, about: str, claim: str, *before: str) -> Story:
    """Return a story of a mail that is to be sent; `m` is what is found."""
    told = yes(claim, f"(select {FOUND} as m) as found")
    return core(f"{kind} {name}", told, effect(f"mail.{kind}", payload=about, at=AT), effect(row=E2), *before)


def silent(name: str, kind: str, about: str, *before: str) -> Story:
    """Return a story in which there is nothing to be said any more."""
    return says(name, kind, about, "m is null", *before)


def to(*people: str) -> str:
    """Return the claim that a mail goes to these people and to nobody else."""
    every = ", ".join(f"'{{{person}}}@example.com'" for person in people)
    return f"(select array_agg(a order by a) from jsonb_array_elements_text(m -> 'to') as a) = (select array_agg(a order by a) from unnest(array[{every}]::text[]) as a)"


def values(**said: str) -> str:
    """Return the claim that the values are these and no others."""
    every = ", ".join(f"'{name}', '{value}'" for name, value in said.items())
    return f"m -> 'values' = jsonb_build_object({every})"


def rest(template: str, *, essential: bool, **more: str) -> str:
    """Return the claim that beside to and values there is this and nothing else; more is SQL."""
    every = {"template": f"'{template}'", "essential": f"{essential}"} | more
    built = ", ".join(f"'{name}', {value}" for name, value in every.items())
    return f"m - 'to' - 'values' = jsonb_build_object({built})"


INVITED = payload(invitation_id="{invitation}", send=1)
NAMED = "update profiles set display_name = 'Ada' where id = '{admin}'"
FIRM = "'Firm'"
TOKEN = "jsonb_build_object('id', '{invitation}', 'pepper_version', 1)"
INVITATION = [
    says(
        "says who invites whom to what",
        "invitation",
        INVITED,
        f"{to('guest')} and {values(organization='Firm', inviter='Ada', role='member', expires=NEW_YEAR)} and "
        + rest("invitation", essential=False, sender_name=FIRM, token=TOKEN),
        *(NAMED, "update invitations set expires_at = '2050-01-01' where id = '{invitation}'"),
    ),
    says("by somebody without a name", "invitation", INVITED, "m -> 'values' ->> 'inviter' = 'Somebody'"),
    silent("of no id", "invitation", payload(invitation_id=E1, send=1)),
    silent("sent again since", "invitation", payload(invitation_id="{invitation}", send=2)),
    *(
        silent(f"with {column}", "invitation", INVITED, f"update invitations set {column} where id = '{{invitation}}'")
        for column in ("accepted_at = now()", "revoked_at = now()", "expires_at = now()")
    ),
    says(
        "a moment before its end",
        "invitation",
        INVITED,
        "m is not null",
        "update invitations set expires_at = now() + interval '1 microsecond' where id = '{invitation}'",
    ),
]

KEY = payload(key_id="{key}")
MADE = f"update api_keys set name = 'ci', created_at = {AT} where id = '{{key}}'"
ABOUT_KEY = {"key": "ci", "lookup": "{lookup_of_key}", "organization": "Firm", "made": SPELLED}
UNNAMED = ABOUT_KEY | {"maker": "A member without a name"}
LEAKED = payload(key_id="{key}", finder="github", where="https://example.com")
LEAVES = "delete from memberships where user_id = '{admin}'"
KEYS = [
    says(
        "goes to the maker and the owners",
        "key_made",
        KEY,
        f"{to('admin', 'owner', 'owner2')} and {values(**ABOUT_KEY, maker='Ada')} and "
        + rest("key_made", essential=True, sender_name=FIRM),
        *(MADE, NAMED),
    ),
    says("of somebody without a name", "key_made", KEY, values(**UNNAMED), MADE),
    says("whose maker left", "key_made", KEY, to("owner", "owner2"), LEAVES),
    says(
        "not to whom no address is of",
        "key_made",
        KEY,
        to("admin", "owner2"),
        "update auth.users set email_confirmed_at = null where id = '{owner}'",
    ),
    says(
        "not to who is banned",
        "key_made",
        KEY,
        to("admin", "owner"),
        "update auth.users set banned_until = 'infinity' where id = '{owner2}'",
    ),
    says(
        "to nobody",
        "key_made",
        KEY,
        "m -> 'to' = '[]'",
        "update auth.users set email_confirmed_at = null where id in ('{owner}', '{owner2}', '{admin}')",
    ),
    says(
        "of one's own organization",
        "key_made",
        KEY,
        "m -> 'sender_name' = 'null'",
        "update api_keys set org_id = '{home_of_admin}' where id = '{key}'",
    ),
    silent("of no id", "key_made", payload(key_id=E1)),
    says(
        "found by GitHub",
        "key_leaked",
        LEAKED,
        values(**UNNAMED, found=SPELLED, finder="GitHub", place="https://example.com"),
        MADE,
    ),
    says(
        "found by whoever",
        "key_leaked",
        payload(key_id="{key}", finder="holder"),
        values(**UNNAMED, found=SPELLED, finder="somebody who holds it", place="not known"),
        MADE,
    ),
]


def expires(days: int) -> str:
    """Return the payload of a key that ends in 2050, and is told of so many days before."""
    return payload(key_id="{key}", days=days, expires_at="2050-01-01T00:00:00+00:00")


def ending(at: str = "2050-01-01", more: str = "") -> str:
    """Return the statement that gives the key its end."""
    return f"update api_keys set name = 'ci', created_at = {AT}, expires_at = '{at}'{more} where id = '{{key}}'"


NEXT = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation) select org_id, maker_id, name, '00000000000{n}', scopes, {of}, {generation} from api_keys where id = '{{key}}'"
ENDS = UNNAMED | {"expires": NEW_YEAR}
EXPIRING = [
    says(
        "within a week",
        "key_expiring",
        expires(7),
        f"{values(**ENDS, left='within 7 days')} and {rest('key_expiring', essential=False, sender_name=FIRM)}",
        ending(),
    ),
    says("tomorrow", "key_expiring", expires(1), values(**ENDS, left="within a day"), ending()),
    silent("later than was told", "key_expiring", expires(1), ending("2050-01-02")),
    silent("never", "key_expiring", expires(1)),
    silent("revoked", "key_expiring", expires(1), ending(more=", revoked_at = now()")),
    silent(
        "rotated",
        "key_expiring",
        expires(1),
        ending(),
        NEXT.format(n=1, of="lineage_id", generation="generation + 1"),
    ),
    says(
        "beside others",
        "key_expiring",
        expires(1),
        "m is not null",
        ending(),
        NEXT.format(n=1, of="gen_random_uuid()", generation="generation + 1"),
    ),
]

MORE = "{{" + f'"org_id": "{{firm}}", "since": "{AT[1:-1]}"' + "}}"
SOON = [
    f"timestamptz {AT} + interval '{after}'" for after in ("1 microsecond", "15 minutes", "15 minutes 1 microsecond")
]
DUE = f"update private.outbox set due_at = {SOON[1]} where id = '{E1}'"
# At the moment that was told of, soon after it, at the end of the time, and after that.
FOUR = "; ".join(
    NEXT.format(n=n, of="gen_random_uuid()", generation=1)
    .replace("generation) select", "generation, created_at) select")
    .replace(", 1 from", f", 1, {at} from")
    .replace("maker_id, name, '0", f"{maker}, name, '0")
    for n, (at, maker) in enumerate(
        [(AT, "'{member}'::uuid"), (SOON[0], "maker_id"), (SOON[1], "'{owner2}'::uuid"), (SOON[2], "'{member}'::uuid")]
    )
)
ELSEWHERE = NEXT.format(n=9, of="gen_random_uuid()", generation=1).replace("select org_id", "select '{small}'")
ELSEWHERE += f"; update api_keys set created_at = {SOON[0]} where org_id = '{{small}}'"
LATER_MADE = [DUE, "update api_keys set created_at = '2020-01-01'", FOUR, ELSEWHERE]
SOON_MADE = [
    says(
        "counts them and goes to makers and owners",
        "keys_made",
        MORE,
        f"{to('admin', 'owner', 'owner2')} and "
        + values(organization="Firm", count="2", since=SPELLED, until="21 November 2026, 07:57 UTC")
        + f" and {rest('keys_made', essential=True, sender_name=FIRM)}",
        *LATER_MADE,
    ),
    says(
        "to nobody",
        "keys_made",
        MORE,
        "m -> 'to' = '[]'",
        *LATER_MADE,
        "update auth.users set email_confirmed_at = null where id in ('{owner}', '{owner2}', '{admin}')",
    ),
    says(
        "of one's own organization",
        "keys_made",
        MORE.replace("{firm}", "{home_of_admin}"),
        "m -> 'sender_name' = 'null' and m -> 'values' ->> 'count' = '1'",
        DUE,
        f"update api_keys set org_id = '{{home_of_admin}}', created_at = {SOON[0]} where id = '{{key}}'",
    ),
    silent("of which none is left", "keys_made", MORE, DUE, "update api_keys set created_at = '2020-01-01'"),
]

SIGN_IN = payload(user_id="{owner}", ip="192.0.2.7", agent="Firefox")
PEOPLE = [
    says(
        "says where from",
        "new_device",
        SIGN_IN,
        f"{to('owner')} and {values(at=SPELLED, device='Firefox', place='192.0.2.7')} and "
        + rest("new_device", essential=True),
    ),
    says(
        "forgotten meanwhile",
        "new_device",
        payload(user_id="{owner}"),
        values(at=SPELLED, device="not known", place="not known"),
    ),
    silent(
        "of who is banned",
        "new_device",
        SIGN_IN,
        "update auth.users set banned_until = 'infinity' where id = '{owner}'",
    ),
    says(
        "goes where the row says",
        "account_erased",
        payload(address="gone@example.com"),
        f"m -> 'to' = '[\"gone@example.com\"]' and {values(at=SPELLED)} and {rest('account_erased', essential=True)}",
    ),
    silent("forgotten by now", "account_erased", "{{}}"),
]

REPORT = payload(report_id=E1)
BROKEN = f"insert into private.error_reports (id, fingerprint, category, message, severity, metadata, first_seen_at{{}}) values ('{{}}', sha256('{{}}'), 'checkout', 'it broke', 'high', jsonb_build_object(), {AT}{{}})"
STAFF = [
    says(
        "goes to staff",
        "error_report",
        REPORT,
        f"{to('ops', 'boss', 'chief')} and "
        + values(severity="high", first=SPELLED, report=E1)
        + f" and {rest('error_report', essential=True)}",
        *(BROKEN.format("", row, row, "") for row in (E1, E2)),
    ),
    says(
        "not to who has no address",
        "error_report",
        REPORT,
        to("ops", "boss"),
        BROKEN.format("", E1, E1, ""),
        "update auth.users set email_confirmed_at = null where id = '{chief}'",
    ),
    says(
        "goes to staff",
        "errors_more",
        "{{}}",
        f"{to('ops', 'boss', 'chief')} and {values(at=SPELLED)} and {rest('errors_more', essential=True)}",
    ),
    silent("resolved", "error_report", REPORT, BROKEN.format(", resolved_at", E1, E1, ", now()")),
    silent("of no id", "error_report", payload(report_id=E2), BROKEN.format("", E1, E1, "")),
    silent("of a kind that is no mail", "other", "{{}}"),
]
STORIES = [*INVITATION, *KEYS, *EXPIRING, *SOON_MADE, *PEOPLE, *STAFF]
