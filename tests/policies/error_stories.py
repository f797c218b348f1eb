"""Stories of error reports: which kind they count for, whom they tell, and when a kind goes. Staff are in upkeep_stories.py."""

from tests.policies.story import AS_OWNER, Story, yes

HIGH, LOW = (f"select backend.report_error('tests', 'it broke', '{how}', '{{{{}}}}')" for how in ("high", "low"))
MAILS = "(select count(*) from private.outbox where kind = 'mail.error_report')"
MORE = MAILS.replace("error_report'", "errors_more'")
TOLD = f"{MAILS} = 1 and {MORE} = 0 and (select told_at = now() from private.error_reports where category = 'tests')"
OF = "(select {} from private.error_reports where category = 'tests')"
OVERFLOW = "select (select array_agg(category order by category) from private.error_reports) = '{{other,overflow}}'"
OWN = "select (select array_agg(category order by category) from private.error_reports) = '{{other,tests}}'"


def row(category: str = "tests", message: str = "it broke", **columns: str) -> str:
    """Return the statement that makes a kind of error; columns are SQL."""
    given = {"severity": "'low'", "metadata": "'{{}}'"} | columns
    names, values = ", ".join(given), ", ".join(given.values())
    start = "insert into private.error_reports (fingerprint, category, message"
    kind = f"private.error_kind('{category}', '{message}'), '{category}', '{message}'"
    return f"{start}, {names}) values ({kind}, {values})"


def setting(name: str, value: int) -> str:
    """Return the statement that changes a setting of error reports."""
    return f"update private.settings set value = '{value}' where name = 'error_{name}'"


def report(name: str, act: str, then: str, *before: str, actor: str = "member", state: str = "") -> Story:
    """Return a story of a report that comes through a function."""
    return Story(f"report: {name}", actor, act, state, "; ".join(before), then, "core", "gatekeeper")


def alike(one: str, other: str, due: str) -> Story:
    """Return a story of two messages that are of one kind, or not."""
    claim = f"(private.error_kind('c', '{one}') = private.error_kind('C', '{other}')) is {due}"
    return Story(f"kind: {one} and {other}", "nobody", AS_OWNER + yes(claim))


LOUD = """backend.report_error('tests', 'IT BROKE', 'low', '{{"a": 1}}')"""
NEW = "({} ->> 'new')::boolean is {}"
HOMELESS = (
    "alter table public.organizations disable trigger user",
    "delete from public.organizations where personal_of = '{customer}'",
    "alter table public.organizations enable trigger user",
)
YESTERDAY = "now() - interval '1 day'"
TAKING = [
    report("a new kind", HIGH, f"select {TOLD} and {OF.format('(occurrences, organizations, reopened) = (1, 1, 0)')}"),
    report("twice", f"{HIGH}; {HIGH}", f"select {TOLD} and {OF.format('(occurrences, organizations) = (2, 1)')}"),
    report("the highest counts", f"{HIGH}; {LOW}", f"select {OF.format('severity')} = 'high'"),
    report("low tells nobody", LOW, f"select {MAILS} = 0 and {OF.format('told_at is null')}"),
    report(
        "by another organization",
        LOW,
        f"select {OF.format('organizations = 2')} and (select organizations = 0 from private.error_reports where category = 'more')",
        row("other"),
        row("more"),
        "update private.error_reports set category = 'tests', organizations = 1,"
        " fingerprint = private.error_kind('tests', 'it broke') where category = 'other'",
        "insert into private.error_report_organizations (report_id, org_id)"
        " select id, '{small}' from private.error_reports where category = 'tests'",
    ),
    report(
        "by who is in no organization", LOW, f"select {OF.format('organizations = 0')}", *HOMELESS, actor="customer"
    ),
    report(
        "through a key",
        LOW,
        "select array_agg(org_id) = array['{firm}'::uuid] from private.error_report_organizations",
        actor="key",
    ),
    report(
        "of what was resolved",
        LOW,
        f"select {TOLD} and {OF.format('resolved_at is null and resolved_by is null and reopened = 1')}",
        row(severity="'high'", told_at=YESTERDAY, resolved_at=YESTERDAY, resolved_by="'{ops}'"),
    ),
    report(
        "of what was told yesterday",
        HIGH,
        f"select {MAILS} = 0 and {OF.format(f'told_at = {YESTERDAY} and reopened = 0')}",
        row(severity="'high'", told_at=YESTERDAY),
    ),
    Story(
        "report: the first is new, the second is not",
        "member",
        "; ".join(yes(NEW.format(LOUD, due)) for due in ("true", "false")),
        function="core",
        role="gatekeeper",
    ),
    report("by nobody", LOW, "", actor="nobody", state="PT401"),
    report("by who is signed out", LOW, "", "delete from auth.sessions where user_id = '{member}'", state="PT401"),
    Story("report: directly", "member", LOW, "PT403", role="gatekeeper"),
]
ONE = setting("mails_per_hour", 1)
RECENT, PAST = "now() - interval '59 minutes'", "now() - interval '1 hour'"
SHARE = setting("mails_per_organization", 1)
SILENT = f"select {MAILS} = 0 and {MORE} = 0 and {OF.format('told_at is null')}"
HOME, SMALL = "'{home_of_member}'", "'{small}'"
KEY = "to_char(now() at time zone 'utc', '\"errors_more:\"YYYY-MM-DD\"T\"HH24')"
MAILING = [
    report(
        "the hour is full",
        f"{HIGH}; {HIGH}",
        f"select {MAILS} = 0 and {OF.format('told_at is null')} and (select array_agg(dedupe_key) = array[{KEY}]"
        " and bool_and(payload = '{{}}') from private.outbox where kind = 'mail.errors_more')",
        ONE,
        row("other", told_at=RECENT),
    ),
    report("the hour is full, and it is low", LOW, SILENT, ONE, row("other", told_at=RECENT)),
    report("the hour is over", HIGH, f"select {TOLD}", ONE, row("other", told_at=PAST)),
    report("an organization's share", HIGH, SILENT, SHARE, row("other", told_at=RECENT, told_org_id=HOME)),
    report("its share is of an hour", HIGH, f"select {TOLD}", SHARE, row("other", told_at=PAST, told_org_id=HOME)),
    report("another's share", HIGH, f"select {TOLD}", SHARE, row("other", told_at=RECENT, told_org_id=SMALL)),
    report("nobody's share", HIGH, SILENT, *HOMELESS, SHARE, row("other", told_at=RECENT), actor="customer"),
    report("counts for its organization", HIGH, f"select {OF.format('told_org_id')} = {HOME}"),
    report(
        "others stay untold",
        HIGH,
        "select told_at is null from private.error_reports where category = 'other'",
        row("other"),
    ),
]
FULL, DAY, PERSON = setting("kinds_kept", 1), setting("kinds_per_day", 1), setting("kinds_per_person", 1)
TODAY, HOURS = "now() - interval '1 day' + interval '1 microsecond'", "now() - interval '23 hours'"
OLD_ROW = {"first_seen_at": YESTERDAY}
LEFT_ALONE = "select (select array_agg(category) from private.error_reports) = '{{tests}}'"
MEMBER = "'{member}'"
BOUNDS = [
    report("one kind too many", LOW, OVERFLOW, FULL, row("other", first_seen_at=TODAY)),
    report("the last kind", LOW, OWN, setting("kinds_kept", 2), row("other", first_seen_at=YESTERDAY)),
    report("a known kind where all are taken", LOW, OWN, FULL, row("other", first_seen_at=YESTERDAY), row()),
    report("one too many of an organization", LOW, OVERFLOW, DAY, row("other", org_id=HOME, first_seen_at=HOURS)),
    report("a day after", LOW, OWN, DAY, row("other", org_id=HOME, first_seen_at=YESTERDAY)),
    report("another organization has its own", LOW, OWN, DAY, row("other", org_id=SMALL)),
    report("one too many of a person", LOW, OVERFLOW, PERSON, row("other", person_id="'{member}'")),
    report("another person has their own", LOW, OWN, PERSON, row("other", person_id="'{admin}'")),
    report(
        "a person brings up as many as an organization may",
        LOW,
        OWN,
        DAY,
        row("other", person_id="'{member}'", org_id=SMALL),
    ),
    report("is theirs", LOW, f"select {OF.format(f'org_id = {HOME} and person_id = {MEMBER}')}"),
]


def going(name: str, gone: dict[str, str], stays: dict[str, str]) -> Story:
    """Return a story of two kinds that fill all room: the first goes for a new one, the second stays."""
    rows = (row("gone", **OLD_ROW | gone), row("other", **OLD_ROW | stays))
    return report(f"room: {name}", LOW, OWN, setting("kinds_kept", 2), *rows)


LATELY, LONG_AGO = {"last_seen_at": "now()"}, {"last_seen_at": "now() - interval '9 days'"}
ROOM = [
    report("room: of one organization", LOW, LEFT_ALONE, FULL, row("other", organizations="1", **OLD_ROW)),
    report("room: not of two", LOW, OVERFLOW, FULL, row("other", organizations="2", **OLD_ROW)),
    report("room: not of what was told today", LOW, OVERFLOW, FULL, row("other", told_at=TODAY, **OLD_ROW)),
    report("room: told yesterday", LOW, LEFT_ALONE, FULL, row("other", told_at=YESTERDAY, **OLD_ROW)),
    report(
        "room: for nobody over their bound",
        LOW,
        OVERFLOW,
        FULL,
        setting("kinds_per_person", 0),
        row("other", **OLD_ROW),
    ),
    going("what was not seen for longest", LONG_AGO, LATELY),
    going("the less severe before the longest unseen", LATELY, LONG_AGO | {"severity": "'medium'"}),
    going("medium before high", LATELY | {"severity": "'medium'"}, LONG_AGO | {"severity": "'high'"}),
    going("high before critical", LATELY | {"severity": "'high'"}, LONG_AGO | {"severity": "'critical'"}),
    going("the resolved before the open", LATELY | {"severity": "'critical'", "resolved_at": "now()"}, LONG_AGO),
]


def sample(name: str, kept: str, **columns: str) -> Story:
    """Return a story of a report of a known kind, and of which sample is kept."""
    then = f"select {OF.format(f'message = {chr(39)}{kept}{chr(39)} and metadata = {chr(39)}{NOTES[kept]}{chr(39)}')}"
    return report(f"sample: {name}", f"select {LOUD}", then, row(**columns))


def noted(name: str, letters: int, kept: str) -> Story:
    """Return a story of metadata with so many letters in it."""
    notes = f"jsonb_build_object('a', repeat('x', {letters}))"
    act = f"select backend.report_error('tests', 'it broke', 'low', {notes})"
    return report(f"notes: {name}", act, f"select {OF.format('metadata')} = {kept.format(notes)}")


NOTES = {"it broke": "{{}}", "IT BROKE": '{{"a": 1}}'}
SAMPLES = [
    sample("of another", "it broke", org_id=SMALL, person_id="'{admin}'"),
    sample("of nobody who is there", "it broke"),
    sample("of the organization", "IT BROKE", org_id=HOME, person_id="'{admin}'"),
    sample("of the person", "IT BROKE", org_id=SMALL, person_id=MEMBER),
    noted("16 KB", 16375, "{}"),
    noted("a byte more", 16376, "'{{{{\"cut\": true}}}}'"),
]
KINDS = [
    alike("Row 7 at 0xff1 is gone", "row 12 at 0x1  is gone", "true"),
    alike("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "ID 00000000-0000-0000-0000-000000000000", "true"),
    alike("hash 1badfeed2badfeed", "hash 2badfeed3badfeed", "true"),
    alike("deadbeef is not decade", "facade is not decade", "false"),
]
OLD = "last_seen_at = now() - interval '90 days'"
LEFT = "select array_agg(category) = '{{other}}' from private.error_reports"
PRUNING = [
    Story(
        "errors: what was not seen for so long goes",
        "nobody",
        yes("backend.jobs_prune_errors() = '{{\"error_reports\": 1}}'"),
        before=f"{row()}; {row('other')}; update private.error_reports set {OLD};"
        " update private.error_reports set last_seen_at = last_seen_at + interval '1 microsecond' where category = 'other'",
        then=LEFT,
        function="core",
        role="job_runner",
    ),
    Story("errors: pruned directly", "nobody", "select backend.jobs_prune_errors()", "PT403", role="job_runner"),
]
STORIES = [*TAKING, *MAILING, *BOUNDS, *ROOM, *SAMPLES, *KINDS, *PRUNING]
