"""Stories of ended sessions: what the trail says of them. Who may end which is in account_stories.py."""

from tests.policies.account_stories import second
from tests.policies.story import Story

OTHER = "00000000-0000-4000-8000-000000000001"
ENDED = "select array_agg(a.subject) = array[{}] from audit_log as a where a.action = 'sessions.revoked' and a.xact_id = pg_current_xact_id() and a.org_id = '{{home_of_owner}}' and a.actor_kind = 'person' and a.actor_id = '{{owner}}'"
NONE_ENDED = "select not exists (select from audit_log as a where a.action = 'sessions.revoked' and a.xact_id = pg_current_xact_id())"
THIRD = "insert into auth.sessions (id, user_id) values ('00000000-0000-4000-8000-000000000004', '{owner}')"

STORIES = [
    Story(
        "one's own session ended",
        "owner",
        "select public.revoke_session('{session_of_owner}')",
        then=ENDED.format("'{session_of_owner}'"),
    ),
    Story(
        "another session of one's own ended",
        "owner",
        f"select public.revoke_session('{OTHER}')",
        before=second("null"),
        then=ENDED.format(f"'{OTHER}'"),
    ),
    Story("no session ended", "admin", "select public.revoke_session('{session_of_owner}')", "PT404", then=NONE_ENDED),
    Story(
        "all others ended",
        "owner",
        "select 1 / (public.revoke_other_sessions() = 2)::int",
        before=f"{second('null')}; {THIRD}",
        then=ENDED.replace("array_agg(a.subject)", "array_agg(a.subject order by a.subject)").format(
            f"'{OTHER}', '00000000-0000-4000-8000-000000000004'"
        ),
    ),
    Story("no others to end", "owner", "select 1 / (public.revoke_other_sessions() = 0)::int", then=NONE_ENDED),
    Story(
        "nobody ends others",
        "owner",
        "select 1 / (public.revoke_other_sessions() = 0)::int",
        before=f"{second('null')}; update auth.users set banned_until = 'infinity' where id = '{{owner}}'",
        then=NONE_ENDED.removesuffix(")").replace(
            "select not", "select (select count(*) = 2 from auth.sessions where user_id = '{owner}') and not"
        )
        + ")",
    ),
]
