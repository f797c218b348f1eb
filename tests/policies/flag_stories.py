"""Stories of feature flags and settings: what is on for whom, and who is told."""

import hashlib

from tests.policies.story import AS_OWNER, Story, yes

SOMEBODY = "00000000-0000-0000-0000-000000000001"
# The same for ever: who has a feature keeps it through every deployment.
PLACE = int.from_bytes(hashlib.sha256(f"new/{SOMEBODY}".encode()).digest()[:4], "big") % 10_000
PRO = "insert into private.organization_plans (org_id, plan) values ('{firm}', 'pro')"
OTHER = "insert into private.feature_flags (name, enabled, percentage, description) values ('other', true, 100, 'x')"
ALL = {"percentage": "100"}
TOLD = "select backend.settings({})"


def made(enabled: str = "true", **columns: str) -> str:
    """Return the statement that makes the flag `new`; columns are SQL."""
    names = "".join(f", {name}" for name in columns)
    values = "".join(f", {value}" for value in columns.values())
    return (
        f"insert into private.feature_flags (name, description, enabled{names}) values ('new', 'x', {enabled}{values})"
    )


def share(subject: str, more: int, by: str) -> dict[str, str]:
    """Return the share that ends at somebody's place, or so many places above."""
    return {"percentage": f"(private.place_in('new', '{{{subject}}}') + {more}) / 100.0", "rolled_by": f"'{by}'"}


def stands(name: str, due: str, org: str | None, person: str | None, before: str) -> Story:
    """Return a story of how the flag stands for an organization and a person of the firm."""
    who = ", ".join(f"'{{{each}}}'" if each else "null" for each in (org, person))
    act = AS_OWNER + yes(f"private.flag('new', {who}) is {due}")
    return Story(f"flag: {name}", "nobody", act, before=before)


def asked(actor: str, act: str, state: str = "", before: str = "", role: str = "gatekeeper") -> Story:
    """Return a story of somebody who asks through a function how things stand for them."""
    function = "core" if role == "gatekeeper" else ""
    return Story(f"{actor} as {role}: {act}; {before}", actor, act, state, before, function=function, role=role)


NAMED = made(organizations="array['{firm}']::uuid[]")
OF_PLAN, OF_FREE = made(plans="'{{pro}}'"), made(plans="'{{free}}'")
STANDS = [
    stands("of nobody's making", "false", "firm", "admin", "select"),
    stands("with a share of none", "false", "firm", "admin", made()),
    stands("for everybody", "true", "firm", "admin", made(**ALL)),
    stands("for everybody, and nobody in particular", "true", None, None, made(**ALL)),
    stands("turned off", "false", "firm", "admin", made("false", organizations="array['{firm}']::uuid[]", **ALL)),
    stands("for one organization", "true", "firm", "admin", NAMED),
    stands("for one organization, and another", "false", "small", "admin", NAMED),
    stands("for one organization, and nobody's", "false", None, "admin", NAMED),
    stands("for a plan", "true", "firm", "admin", f"{OF_PLAN}; {PRO}"),
    stands("for a plan, and another", "false", "firm", "admin", OF_PLAN),
    stands("for a plan of another organization of theirs", "false", "small", "admin", f"{OF_PLAN}; {PRO}"),
    stands("for a plan that a person has somewhere", "true", None, "admin", f"{OF_PLAN}; {PRO}"),
    stands("for a plan, and a person without", "false", None, "customer", f"{OF_PLAN}; {PRO}"),
    stands("for the lowest plan, and an organization", "true", "firm", None, OF_FREE),
    stands("for the lowest plan, and nobody", "false", None, None, OF_FREE),
    stands("up to an organization's place", "false", "firm", "admin", made(**share("firm", 0, "organization"))),
    stands("to above an organization's place", "true", "firm", "admin", made(**share("firm", 1, "organization"))),
    stands("up to a person's place", "false", "firm", "admin", made(**share("admin", 0, "person"))),
    stands("to above a person's place", "true", "firm", "admin", made(**share("admin", 1, "person"))),
    stands("by organization, for who is in none", "true", None, "admin", made(**share("admin", 1, "organization"))),
    stands("of two, each as it is", "false", "firm", "admin", f"{made()}; {OTHER}"),
    Story("flag: a place", "nobody", AS_OWNER + yes(f"private.place_in('new', '{SOMEBODY}') = {PLACE}")),
    Story("flag: a plan that there is", "nobody", AS_OWNER + OF_PLAN),
    Story("flag: a plan that there is not", "nobody", AS_OWNER + made(plans="'{{prp}}'"), "23514"),
]

ON = yes("s -> 'flags' ->> 'new' = 'true'", "backend.settings({}) as s")
AT_HOME = made(organizations="array['{home_of_member}']::uuid[]")
HIDDEN = "s -> 'flags' ? 'new' and not s -> 'public' -> 'flags' ? 'new' and s -> 'public' -> 'flags' ? 'other'"
SHOWN = "update private.feature_flags set public = true where name = 'other'"
PUBLIC = "update private.settings set public = true, value = '7' where name = 'error_mails_per_hour'"
ASKED = [
    asked("member", ON.replace("{}", "null"), before=AT_HOME),
    asked("member", ON.replace("{}", "'{firm}'"), before=NAMED),
    asked("member", TOLD.replace("{}", "'{small}'"), "PT404"),
    asked("customer", TOLD.replace("{}", "'{firm}'"), "PT404"),
    asked("member", TOLD.replace("{}", "null"), "PT401", "delete from auth.sessions where user_id = '{member}'"),
    asked("key", ON.replace("{}", "null"), before=NAMED),
    asked("key", ON.replace("{}", "'{firm}'"), before=NAMED),
    asked("key", ON.replace("{}", "null"), before=made(**share("admin", 1, "person"))),
    asked("key", TOLD.replace("{}", "'{small}'"), "PT404"),
    asked("nobody", ON.replace("{}", "null"), before=made(**ALL)),
    asked("nobody", TOLD.replace("{}", "'{firm}'"), "PT401"),
    asked("member", yes(HIDDEN, "backend.settings() as s"), before=f"{made()}; {OTHER}; {SHOWN}"),
    asked("member", yes("s -> 'settings' ? 'error_kinds_kept'", "backend.settings() as s")),
    Story("settings: directly", "member", "select backend.settings()", "PT403", role="gatekeeper"),
    asked("member", yes("public.flags() = '{{\"other\": true}}'"), "", f"{made()}; {OTHER}; {SHOWN}", "authenticated"),
    asked("key", yes("public.flags() = '{{\"other\": true}}'"), "", f"{made()}; {OTHER}; {SHOWN}", "integrator"),
    asked("member", "select public.flags('{small}')", "PT404", "", "authenticated"),
    asked("nobody", "select public.flags()", "42501", "", "anon"),
    asked("member", yes("public_settings() = '{{\"error_mails_per_hour\": 7}}'"), "", PUBLIC, "authenticated"),
    asked("nobody", "select public_settings()", "42501", "", "anon"),
]
STORIES = [*STANDS, *ASKED]
