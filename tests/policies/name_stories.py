"""Stories of names of organizations: blanks around them go, and what is no name is refused in a sentence."""

from tests.policies.story import Story

MAKE = "select public.create_organization({})"
RENAME = "update public.organizations set name = {} where id = '{{firm}}'"
MADE = "select count(*) = 1 from organizations as o where o.name = {} and o.id in (select m.org_id from memberships as m where m.user_id = '{{owner}}')"
RENAMED = "select name = {} from organizations where id = '{{firm}}'"
SHORT_OR_LONG, ODD = "needs a name of 1 to 100 characters", "control characters"
# As they are written in SQL: what is sent, and what is kept of it.
TAKEN = [
    ("'A'", "'A'"),
    ("repeat('é', 100)", "repeat('é', 100)"),
    ("'  Two  words '", "'Two  words'"),
    (r"E'\t\r\n\u0085\u00a0\u1680\u2000\u200aBlanks\u2028\u2029\u202f\u205f\u3000'", "'Blanks'"),
    ("repeat(' ', 100) || 'Far' || repeat(' ', 100)", "'Far'"),
]
REFUSED = [
    ("''", SHORT_OR_LONG),
    ("'   '", SHORT_OR_LONG),
    (r"E'\u00a0\u3000'", SHORT_OR_LONG),
    ("null", SHORT_OR_LONG),
    ("repeat('x', 101)", SHORT_OR_LONG),
    (r"E'a\u0007b'", ODD),
    (r"E'a\u200bb'", ODD),
    (r"E'a\u202eb'", ODD),
    (r"E'a\u2066b'", ODD),
]
STORIES = [
    *(
        Story(f"names: {how} {sent}", "owner", act.format(sent), then=then.format(kept))
        for how, act, then in (("made as", MAKE, MADE), ("renamed to", RENAME, RENAMED))
        for sent, kept in TAKEN
    ),
    *(
        Story(f"names: not {how} {sent}", "owner", act.format(sent), "PT400", says=says)
        for how, act in (("made as", MAKE), ("renamed to", RENAME))
        for sent, says in REFUSED
    ),
    Story(
        "names: an operator is told as well",
        "nobody",
        "update public.organizations set name = ' ' where id = '{firm}'",
        "PT400",
        role="service_role",
    ),
    Story(
        "names: what was stored before stays while something else changes",
        "nobody",
        "update public.organizations set demands_aal2 = true where id = '{firm}'",
        before="alter table organizations drop constraint organizations_name_check, drop constraint organizations_name_check1, disable trigger tidy_name;"
        " update organizations set name = repeat(' ', 200) where id = '{firm}'; alter table organizations enable trigger tidy_name",
        role="service_role",
    ),
]
