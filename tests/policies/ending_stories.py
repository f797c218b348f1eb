"""Stories of keys that are ended, one or all of an organization, also where nothing else is changed."""

from tests.policies.story import LOCKS, TICK, Story, yes

FROZEN = "update organizations set ownerless_at = now() where id = '{firm}'"
GUARDED = "update organizations set demands_aal2 = true where id = '{firm}'"
REVOKED = "select revoked_at = now() from api_keys where id = '{key}'"
NOT_REVOKED = "select bool_and(revoked_at is null) from api_keys"
ALL_REVOKED = "select bool_and((revoked_at is not null) = (org_id = '{firm}')) from api_keys"
ONE, ALL = "select public.revoke_api_key('{key}')", "select public.revoke_api_keys('{firm}')"
BOTH = ((ONE, REVOKED), (ALL, ALL_REVOKED))


def ends(
    name: str, act: str, then: str, *, actor: str = "admin2", state: str = "", before: str = "", aal: str = "aal1"
) -> Story:
    """Return a story of one key, or all, that somebody would end."""
    return Story(f"ending {'all' if act == ALL else 'one'}: {name}", actor, act, state, before, then, aal=aal)


STORIES = [
    *(
        story
        for act, then in BOTH
        for story in (
            ends("as it should be", act, then),
            ends("by who may do nothing else", act, then, actor="keeper"),
            ends("by a member", act, NOT_REVOKED, actor="member", state="PT404"),
            ends("from outside", act, NOT_REVOKED, actor="outsider", state="PT404"),
            ends(
                "by nobody any more",
                act,
                NOT_REVOKED,
                state="PT404",
                before="delete from auth.sessions where user_id = '{admin2}'",
            ),
            ends("in a frozen organization", act, then, before=FROZEN),
            ends(
                "in a frozen organization, by a member", act, NOT_REVOKED, actor="member", state="PT404", before=FROZEN
            ),
            ends("where a second factor is demanded", act, NOT_REVOKED, state="PT404", before=GUARDED),
            ends("with a second factor", act, then, before=GUARDED, aal="aal2"),
            ends("frozen, without the second factor", act, NOT_REVOKED, state="PT404", before=f"{FROZEN}; {GUARDED}"),
            ends("frozen, with the second factor", act, then, before=f"{FROZEN}; {GUARDED}", aal="aal2"),
        )
    ),
    Story("ending all: as many as there were", "admin2", yes("n = 3", "public.revoke_api_keys('{firm}') as n")),
    Story(
        "ending all: none but those that live",
        "admin2",
        yes("n = 2", "public.revoke_api_keys('{firm}') as n"),
        before="update api_keys set revoked_at = '2020-01-01' where id = '{key}'",
        then="select revoked_at = '2020-01-01' from api_keys where id = '{key}'",
    ),
    Story("ending all: none to end", "boss", yes("n = 0", "public.revoke_api_keys('{small}') as n"), then=NOT_REVOKED),
    Story("ending all: of no organization", "admin2", "select public.revoke_api_keys(null)", "PT404"),
    Story(
        "ending all: of an organization that there is not", "admin2", "select public.revoke_api_keys('{key}')", "PT404"
    ),
    Story("ending all: elsewhere", "boss", ALL, "PT404", then=NOT_REVOKED),
    ends("locked", ALL, LOCKS, before=TICK),
    ends(
        "no key is locked but those that end",
        ALL,
        "select bool_and(k.xmax::text::bigint <= s.xmin::text::bigint) from api_keys as k, private.settings as s where s.name = 'invitations_per_day' and k.revoked_at is distinct from now()",
        before=f"update api_keys set revoked_at = '2020-01-01' where id = '{{key}}'; {TICK}",
    ),
]
