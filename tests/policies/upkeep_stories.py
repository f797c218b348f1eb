"""Stories of error reports as staff see and resolve them."""

from tests.policies.error_stories import row
from tests.policies.staff_stories import RANKS, staff
from tests.policies.story import Story, yes

A, B = (f"00000000-0000-0000-0000-00000000000{letter}" for letter in "ab")
OLDER = row("a", "a", id=f"'{A}'", last_seen_at="now() - interval '1 hour'")
NEWER = row("b", "b", id=f"'{B}'", severity="'high'", last_seen_at="now()")
ROWS = f"{OLDER}; {NEWER}"
DONE = row("b", "b", id=f"'{B}'", resolved_at="now() - interval '1 day'", resolved_by="'{boss}'")
RESOLVED = f"{OLDER}; {DONE}"
LIST, READ, RESOLVE = (
    "select backend.staff_list_errors()",
    f"select backend.staff_read_error('{A}')",
    f"select backend.staff_resolve_error('{A}')",
)
NONE = "'00000000-0000-0000-0000-00000000000c'"
TRACE = "select exists (select from audit_log where action = 'staff.{}' and actor_id = '{{ops}}' and subject {} and {})"


def listed(due: str, arguments: str = "", before: str = ROWS) -> Story:
    """Return a story of which errors, by their message, a list shows."""
    shown = f"jsonb_path_query_array(e, '$[*].message') = '{due}'"
    return staff("ops", yes(shown, f"backend.staff_list_errors({arguments}) as e"), before=before)


READ_OF, RESOLVE_OF = "backend.staff_read_error('{}')", "backend.staff_resolve_error('{}')"
STORIES = [
    *(staff(who, act, before=ROWS) for who in RANKS for act in (LIST, READ, RESOLVE)),
    *(staff("customer", act, "PT403", before=ROWS) for act in (LIST, READ, RESOLVE)),
    *(staff("ops", act, "PT403", before=ROWS, aal="aal1") for act in (LIST, READ, RESOLVE)),
    *(staff("ops", act, "PT403", before=ROWS, function="") for act in (LIST, READ, RESOLVE)),
    staff("ops", LIST, before=ROWS, then=TRACE.format("list_errors", "is null", "success")),
    listed('["b", "a"]'),
    listed("[]", before="select"),
    listed('["b"]', "1"),
    listed('["b"]', "of_severity => 'high'"),
    listed('["a"]', f"before_at => now(), before_id => '{B}'"),
    listed('["a"]', before=RESOLVED),
    listed('["b"]', "is_resolved => true", RESOLVED),
    *(
        staff("ops", yes(f"{READ_OF.format(which)} ->> 'message' = '{message}'"), before=ROWS)
        for which, message in ((A, "a"), (B, "b"))
    ),
    staff("ops", READ, before=ROWS, then=TRACE.format("read_error", f"= '{A}'", "success")),
    staff(
        "ops",
        yes(f"backend.staff_read_error({NONE}) is null"),
        before=ROWS,
        then=TRACE.format("read_error", f"= {NONE}", "not success"),
    ),
    *(
        staff(
            "ops",
            yes(
                f"e ->> 'message' = '{message}' and e ->> 'resolved_by' = '{{ops}}'", f"{RESOLVE_OF.format(which)} as e"
            ),
            before=ROWS,
            then=f"select array_agg(message) = '{{{{{message}}}}}' from private.error_reports where resolved_at = now()",
        )
        for which, message in ((A, "a"), (B, "b"))
    ),
    staff("ops", RESOLVE, before=ROWS, then=TRACE.format("resolve_error", f"= '{A}'", "success")),
    staff(
        "ops",
        yes("e ->> 'message' = 'b' and e ->> 'resolved_by' = '{boss}'", f"{RESOLVE_OF.format(B)} as e"),
        before=RESOLVED,
        then=TRACE.format("resolve_error", f"= '{B}'", "not success"),
    ),
    staff("ops", yes(f"backend.staff_resolve_error({NONE}) is null"), before=ROWS),
]
