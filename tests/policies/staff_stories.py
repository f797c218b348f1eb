"""Stories of staff and jobs: what our functions' roles may do for whom. Admission is in admission_stories.py."""

from tests.policies.story import Story

FIND = "select backend.staff_find_person('{customer}@example.com')"
READ = "select backend.staff_read_organization('{firm}')"
NAME = "select backend.staff_name_owner('{firm}', '{customer}', 'they asked')"
BAN = "select backend.staff_ban('{customer}', '2100-01-01', 'abuse')"
SET = "select backend.staff_set_role('{customer}', 'ops')"
RANKS = ("ops", "boss", "chief")
MAY = [(FIND, 0), (READ, 0), (NAME, 1), (BAN, 1), (SET, 2)]
TRACE = "select exists (select from audit_log where action = '{}' and org_id = '{{{}}}' and actor_id = '{{{}}}' and {})"


def staff(
    actor: str,
    act: str,
    state: str = "",
    *,
    aal: str = "aal2",
    then: str = "",
    before: str = "",
    function: str = "core",
) -> Story:
    """Return a story of staff through a function."""
    return Story(
        f"{actor} with {aal} through {function or 'no function'}: {act}",
        actor,
        act,
        state,
        before,
        then,
        function,
        "staff_reader",
        aal,
    )


STORIES = [
    *(staff(who, act, "" if rank >= lowest else "PT403") for act, lowest in MAY for rank, who in enumerate(RANKS)),
    *(staff("chief", act, "PT403", aal="aal1") for act, _ in MAY),
    *(staff("chief", act, "PT403", function="") for act, _ in MAY),
    *(staff("customer", act, "PT403") for act, _ in MAY),
    *(staff("chief", act, "PT403", before="delete from auth.sessions where user_id = '{chief}'") for act, _ in MAY),
    staff("ops", FIND, then=TRACE.format("staff.find_person", "home_of_customer", "ops", "success")),
    staff("ops", "select 1 / (backend.staff_find_person('{customer}') ->> 'id' = '{customer}')::int"),
    staff(
        "ops", "select 1 / (jsonb_array_length(backend.staff_find_person('{customer}') -> 'organizations') = 1)::int"
    ),
    staff(
        "ops",
        "select 1 / (backend.staff_find_person('nobody@example.com') is null)::int",
        then="select not success from audit_log where action = 'staff.find_person' and actor_id = '{ops}'",
    ),
    staff("ops", READ, then=TRACE.format("staff.read_organization", "firm", "ops", "subject = '{firm}'")),
    staff(
        "ops",
        "select 1 / (jsonb_array_length(o -> 'members') = 8 and jsonb_array_length(o -> 'api_keys') = 3 and o ->> 'name' = 'Firm')::int from backend.staff_read_organization('{firm}') as o",
    ),
    staff(
        "boss",
        NAME,
        then="select role = 'owner' and ownerless_at is null from memberships join organizations as o on o.id = org_id where org_id = '{firm}' and user_id = '{customer}'",
        before="update organizations set ownerless_at = now() where id = '{firm}'",
    ),
    staff(
        "boss",
        NAME,
        before="update organizations set ownerless_at = now() where id in ('{firm}', '{small}')",
        then="select ownerless_at is not null from organizations where id = '{small}'",
    ),
    staff("boss", NAME, then=TRACE.format("staff.name_owner", "firm", "boss", "after ->> 'reason' = 'they asked'")),
    staff(
        "boss",
        "select backend.staff_name_owner('{firm}', '{member}', 'x')",
        then="select role = 'owner' from memberships where org_id = '{firm}' and user_id = '{member}'",
    ),
    staff("boss", NAME, "PT404", before="update auth.users set banned_until = 'infinity' where id = '{customer}'"),
    staff("boss", "select backend.staff_name_owner('{customer}', '{customer}', 'x')", "PT404"),
    staff("boss", "select backend.staff_name_owner('{firm}', '{firm}', 'x')", "PT404"),
    staff(
        "boss",
        BAN,
        then="select not private.is_in_good_standing('{customer}') and private.is_in_good_standing('{owner}')",
    ),
    staff("boss", BAN, then=TRACE.format("staff.ban", "home_of_customer", "boss", "after ->> 'reason' = 'abuse'")),
    staff("boss", "select backend.staff_ban('{firm}', null, 'x')", "PT404"),
    staff("boss", "select backend.staff_ban('{ops}', null, 'x')", "PT403"),
    staff("chief", "select backend.staff_ban('{ops}', null, 'x')"),
    staff("boss", "select backend.staff_name_owner('{firm}', '{boss}', 'x')", "PT409"),
    staff("chief", SET, then="select role = 'ops' from private.staff where user_id = '{customer}'"),
    staff(
        "chief",
        "select backend.staff_set_role('{ops}', 'admin')",
        then="select role = 'admin' from private.staff where user_id = '{ops}'",
    ),
    staff(
        "chief",
        "select backend.staff_set_role('{ops}', null)",
        then="select (not exists (select from private.staff where user_id = '{ops}')) and exists (select from private.staff where user_id = '{boss}')",
    ),
    staff("chief", "select backend.staff_set_role('{chief}', null)", "PT409"),
    staff("chief", "select backend.staff_set_role('{ops}', 'emperor')", "23514"),
    Story(
        "a job",
        "nobody",
        "select 1 / (length(told ->> 'head') = 64 and (told ->> 'partitions_made')::int = 0)::int from backend.jobs_keep_audit() as told",
        function="core",
        role="job_runner",
    ),
    Story("a job directly", "nobody", "select backend.jobs_keep_audit()", "PT403", role="job_runner"),
    Story("pruning", "nobody", "select backend.jobs_prune_audit()", function="core", role="job_runner"),
    Story("pruning directly", "nobody", "select backend.jobs_prune_audit()", "PT403", role="job_runner"),
    Story("health", "nobody", "select backend.health()", role="observer"),
]
