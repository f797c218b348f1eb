"""Stories of sending a mail: when it goes, when it does not any more, and what is noted of how it ended."""

from tests.policies.story import Story, yes

E1, E2 = (f"00000000-0000-4000-8000-0000000000e{n}" for n in (1, 2))
D1, D2 = (f"00000000-0000-4000-8000-0000000000d{n}" for n in (1, 2))
ANN, BOB = "sha256('ann@example.com')", "sha256('bob@example.com')"


def effect(kind: str = "mail.key_made", row: str = E1, payload: str = "{{}}", at: str = "now()") -> str:
    """Return the statement that makes an outbox row."""
    values = f"('{row}', '{kind}', '{row}', '{payload}', {at}, '2020-01-01')"
    return f"insert into private.outbox (id, kind, dedupe_key, payload, created_at, updated_at) values {values}"


def delivery(of: str = E1, row: str = D1, digest: str = ANN, **columns: str) -> str:
    """Return the statement that makes a delivery; columns are SQL."""
    told = {"id": f"'{row}'", "outbox_id": f"'{of}'", "address_digest": digest} | columns
    return f"insert into private.mail_deliveries ({', '.join(told)}) values ({', '.join(told.values())})"


def suppressed(reason: str, category: str = "all", digest: str = ANN) -> str:
    """Return the statement that keeps mail from an address."""
    values = f"({digest}, '{reason}', '{category}')"
    return f"insert into private.mail_suppressions (address_digest, reason, category) values {values}"


def core(name: str, act: str, *before: str, then: str = "", state: str = "", function: str = "core") -> Story:
    """Return a story of the jobs function."""
    return Story(f"mail: {name}", "nobody", act, state, "; ".join(before), then, function, "job_runner")


def begins(name: str, *before: str, goes: bool, then: str, repeatable: bool = False) -> Story:
    """Return a story of a mail to Ann that goes, or does not."""
    told = yes(f"(d is not null) = {goes}", f"backend.mail_begin('{E1}', ' Ann@Example.com', {repeatable}) as d")
    return core(name, told, *before, then=then)


def noted(outcome: str, doubts: int, row: str = "true") -> str:
    """Return the question whether Ann's delivery, and none but it, is so."""
    seen = f"outcome is not distinct from {outcome} and doubts = {doubts} and {row}"
    return f"select bool_and({seen}) and count(*) = 1 from private.mail_deliveries where address_digest = {ANN}"


OTHERS = delivery(row=D2, digest=BOB)
GOES = noted("null", 1, f"outbox_id = '{E1}' and category is null") + (
    f" and (select count(*) = 0 from private.mail_deliveries where address_digest = {BOB} and doubts > 0)"
)
DOUBTED = {"doubts": "2", "created_at": "now() - interval '23 hours' + interval '1 microsecond'"}
OLD = {"doubts": "2", "created_at": "now() - interval '23 hours'"}
BEGINNING = [
    begins("the first time", effect(), effect(row=E2), OTHERS, goes=True, then=GOES),
    begins("a second time", effect(), delivery(doubts="1"), OTHERS, goes=True, then=noted("null", 2)),
    begins("a third time", effect(), delivery(doubts="2"), goes=False, then=noted("'doubtful'", 2)),
    begins("repeatable within a day", effect(), delivery(**DOUBTED), goes=True, then=noted("null", 3), repeatable=True),
    begins("not repeatable", effect(), delivery(**DOUBTED), goes=False, then=noted("'doubtful'", 2)),
    begins("after a day", effect(), delivery(**OLD), goes=False, then=noted("'doubtful'", 2), repeatable=True),
    begins("sent already", effect(), delivery(outcome="'sent'"), goes=False, then=noted("'sent'", 0)),
    begins("of no row", effect(row=E2), goes=False, then="select not exists (select from private.mail_deliveries)"),
    *(
        begins(
            f"{kind} is of {category}",
            effect(f"mail.{kind}"),
            goes=True,
            then=noted("null", 1, f"category is not distinct from {category}"),
        )
        for kind, category in [
            ("invitation", "'invitations'"),
            ("key_expiring", "'expiring_keys'"),
            ("key_leaked", "null"),
        ]
    ),
    *(
        begins(
            f"{kind} {'goes' if goes else 'does not go'} after {reason} of {category}",
            effect(f"mail.{kind}"),
            suppressed(reason, category),
            suppressed("bounce", digest=BOB),
            goes=goes,
            then=noted("null" if goes else "'suppressed'", 1 if goes else 0),
        )
        for kind, reason, category, goes in [
            ("key_made", "bounce", "all", False),
            ("invitation", "bounce", "all", False),
            ("key_made", "complaint", "all", True),
            ("invitation", "complaint", "all", False),
            ("key_made", "unsubscribed", "invitations", True),
            ("invitation", "unsubscribed", "invitations", False),
            ("invitation", "unsubscribed", "expiring_keys", True),
        ]
    ),
    begins("only others bounced", effect(), suppressed("bounce", digest=BOB), goes=True, then=noted("null", 1)),
]


def ends(name: str, outcome: str, *before: str, told: bool, then: str, provider_id: str = "re_1") -> Story:
    """Return a story of how Ann's mail ended."""
    act = yes(f"e = {told}", f"backend.mail_end('{D1}', '{outcome}', '{provider_id}') as e")
    return core(f"{outcome}: {name}", act, *before, then=then)


BOUNCED = "(select coalesce(array_agg(address_digest), array[]::bytea[]) from private.mail_suppressions)"
ADDRESS = '{{"address": "ann@example.com"}}'
BEGUN = [
    effect(payload=ADDRESS),
    delivery(doubts="1"),
    effect(row=E2, payload=ADDRESS),
    delivery(of=E2, row=D2, digest=BOB),
]
# Only the row of this delivery, and only where there is something to forget.
KEPT = "(select count(*) = {} from private.outbox where payload ? 'address')"
UNTOUCHED = "(select bool_and(updated_at = '2020-01-01') from private.outbox where kind = 'mail.invitation')"
ENDING = [
    ends(
        "noted",
        "sent",
        *BEGUN,
        told=True,
        then=noted("'sent'", 0, "provider_id = 're_1'") + f" and"
        f" {BOUNCED} = array[]::bytea[] and {KEPT.format(1)}"
        f" and (select outcome is null and provider_id is null from private.mail_deliveries where id = '{D2}')",
    ),
    ends(
        "nothing else touched",
        "sent",
        effect("mail.invitation"),
        delivery(doubts="1"),
        told=True,
        then=f"select {UNTOUCHED}",
    ),
    ends(
        "tried again",
        "failed",
        *BEGUN,
        told=True,
        provider_id="",
        then=f"{noted('null', 0, 'provider_id is null')} and {BOUNCED} = array[]::bytea[] and {KEPT.format(2)}",
    ),
    ends(
        "never again",
        "refused",
        *BEGUN,
        told=True,
        then=noted("'refused'", 0) + f" and {BOUNCED} = array[{ANN}] and {KEPT.format(1)}",
    ),
    ends(
        "refused before",
        "refused",
        *BEGUN,
        suppressed("bounce"),
        told=True,
        then=f"select {BOUNCED} = array[{ANN}]",
    ),
    ends(
        "known before",
        "failed",
        effect(),
        delivery(outcome="'sent'", doubts="1"),
        told=False,
        then=noted("'sent'", 1),
    ),
    ends("of no mail", "sent", effect(), told=False, then="select not exists (select from private.mail_deliveries)"),
]


def heard(name: str, act: str, told: str, *before: str, then: str) -> Story:
    """Return a story of what comes back of a mail."""
    return core(name, yes(f"h = {told}", f"{act} as h"), *before, then=then)


OPTIONAL = [effect("mail.invitation"), delivery(category="'invitations'")]
ELSE = [effect(row=E2), delivery(of=E2, row=D2, digest=BOB, category="'expiring_keys'")]
UNSUBSCRIBED = f"select array_agg((address_digest, reason, category)::text) = array[({ANN}, 'unsubscribed', 'invitations')::text] from private.mail_suppressions"
NOTHING = "select not exists (select from private.mail_suppressions)"
STOP = f"backend.mail_unsubscribe('{D1}')"
SENT = [effect(), delivery(outcome="'sent'", provider_id="'re_1'"), effect(row=E2)]
SENT += [delivery(of=E2, row=D2, digest=BOB, outcome="'sent'", provider_id="'re_2'")]
HEARD = [
    heard("unsubscribed", STOP, "true", *OPTIONAL, *ELSE, then=UNSUBSCRIBED),
    heard(
        "unsubscribed twice",
        STOP,
        "true",
        *OPTIONAL,
        suppressed("unsubscribed", "invitations"),
        then=UNSUBSCRIBED,
    ),
    heard("no leave from what is essential", STOP, "false", effect(), delivery(), *ELSE, then=NOTHING),
    heard("no leave from what was never sent", STOP, "false", *ELSE, then=NOTHING),
    *(
        heard(
            f"{reason}: {name}",
            f"backend.mail_event('{mail}', '{reason}')",
            told,
            *SENT,
            *before,
            then=f"select (select array_agg(outcome order by id) = array['{outcome}', 'sent'] from private.mail_deliveries)"
            f" and (select count(*) = {int(told == 'true')} and bool_and(address_digest = {ANN} and reason = '{reason}' and"
            " category = 'all') is not false from private.mail_suppressions)",
        )
        for reason, name, mail, told, before, outcome in [
            ("bounce", "of a mail", "re_1", "true", [], "bounced"),
            ("bounce", "again", "re_1", "true", [suppressed("bounce")], "bounced"),
            ("bounce", "of no mail of ours", "re_9", "false", [], "sent"),
            ("complaint", "of a mail", "re_1", "true", [], "complained"),
        ]
    ),
]

WEEK, YEAR = "now() - interval '7 days'", "now() - interval '1 year'"
LATER = " + interval '1 microsecond'"
PRIVATE = '{{"ip": "192.0.2.1", "agent": "x", "user_id": 1}}'
SEND = "insert into private.invitation_sends (org_id, created_at) values ('{{firm}}', {})"
PRUNE = "backend.jobs_prune_mail({})"
PRUNING = [
    core(
        "forgotten after a week",
        yes("""p = '{{"outbox": 0, "forgotten": 1, "invitation_sends": 0}}'""", f"{PRUNE.format('')} as p"),
        *(effect(row=E1, payload=PRIVATE, at=WEEK), effect(row=E2, payload=PRIVATE, at=WEEK + LATER)),
        *(effect(row=D1, at=WEEK), effect("other.kind", D2, PRIVATE, YEAR)),
        then=f"select (select payload = jsonb_build_object('user_id', 1) from private.outbox where id = '{E1}') and"
        f" (select count(*) = 2 from private.outbox where payload ? 'ip' and id in ('{E2}', '{D2}'))",
    ),
    core(
        "gone after a year",
        yes("""p = '{{"outbox": 1, "forgotten": 0, "invitation_sends": 0}}'""", f"{PRUNE.format('')} as p"),
        *(effect(row=E1, at=YEAR), delivery(), effect(row=E2, at=YEAR + LATER), effect("other.kind", D2, at=YEAR)),
        then=f"select not exists (select from private.mail_deliveries) and (select array_agg(id order by id) ="
        f" array['{D2}', '{E2}']::uuid[] from private.outbox where id in ('{E1}', '{E2}', '{D2}'))",
    ),
    core(
        "no more than so many",
        yes("""p = '{{"outbox": 1, "forgotten": 1, "invitation_sends": 1}}'""", f"{PRUNE.format(1)} as p"),
        *(effect(row=row, payload=PRIVATE, at=YEAR) for row in (E1, E2, D1)),
        *(SEND.format(f"now() - interval '{days} days'") for days in (3, 3)),
    ),
    core(
        "to whom invitations went is forgotten after two days",
        yes("p ->> 'invitation_sends' = '1'", f"{PRUNE.format('')} as p"),
        *(SEND.format(at) for at in ("now() - interval '2 days'", f"now() - interval '2 days'{LATER}")),
        then=f"select count(*) = 1 and bool_and(created_at = now() - interval '2 days'{LATER}) from private.invitation_sends",
    ),
]

WHOSE = {
    f"backend.mail_begin('{E1}', 'x', true)": ("", "auth"),
    f"backend.mail_end('{D1}', 'sent', '')": ("", "auth"),
    STOP: ("", "auth"),
    "backend.mail_event('', 'bounce')": ("", "auth"),
    f"backend.outbox_mail('{E1}')": ("", "auth"),
    PRUNE.format(""): ("",),
    "backend.jobs_find_expiring_keys()": ("",),
}
GUARDED = [
    core(f"{call} of {function or 'nobody'}", f"select {call}", state="PT403", function=function)
    for call, functions in WHOSE.items()
    for function in functions
]
STORIES = [*BEGINNING, *ENDING, *HEARD, *PRUNING, *GUARDED]
