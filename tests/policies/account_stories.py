"""Stories of sessions, of accounts, and of what marks and protects organizations when people go."""

from tests.policies.story import TICK, Story

SECOND = "insert into auth.sessions (id, user_id, created_at, not_after) values ('00000000-0000-4000-8000-000000000001', '{owner}', now(), {})"
OLD = "update auth.sessions set created_at = now() - interval '10 minutes' where id = '{session_of_owner}'"
NO_OTHER = "delete from memberships where org_id = '{firm}' and user_id = '{owner2}'"
ERASE = "select public.erase_me()"
FROZEN = "select ownerless_at = now() from organizations where id = '{firm}'"
THAWED = "select ownerless_at is null from organizations where id = '{firm}'"


def second(not_after: str) -> str:
    """Sign the owner in elsewhere."""
    return SECOND.replace("{}", not_after)


OTHERS_STAY = "select count(*) = 9 from auth.users where id in ('{owner2}', '{admin}', '{admin2}', '{billing}', '{member}', '{member2}', '{founder}', '{boss}', '{guest}')"

STORIES = [
    Story(
        "sessions that end later are listed",
        "owner",
        "select 1 / (count(*) = 2)::int from public.list_sessions()",
        before=second("now() + interval '1 second'"),
    ),
    Story(
        "nobody else is erased",
        "owner",
        ERASE,
        then=OTHERS_STAY + " and (select count(*) = 2 from organizations where id in ('{alone}', '{small}'))",
    ),
    Story(
        "erased where one is not owner",
        "admin2",
        ERASE,
        before="delete from memberships where org_id = '{firm}' and user_id in ('{admin}', '{owner2}')",
        then=OTHERS_STAY.replace("9", "8"),
    ),
    Story(
        "erasing locks what is shared",
        "admin",
        "select public.erase_me()",
        before=TICK,
        then="select bool_and((xmax::text::bigint > (select s.xmin::text::bigint from private.settings as s where s.name = 'invitations_per_day')) = (id in ('{firm}', '{small}'))) from organizations",
    ),
    # Second layers: the columns are not theirs to change, and the policies would refuse it all the same.
    Story(
        "a profile moved",
        "owner",
        "update public.profiles set id = '{admin}'",
        "42501",
        before="grant update (id) on public.profiles to authenticated",
    ),
    Story(
        "an organization moved",
        "owner",
        "update public.organizations set id = gen_random_uuid()",
        "42501",
        before="grant update (id) on public.organizations to authenticated",
    ),
    Story("sessions listed", "owner", "select id = '{session_of_owner}' and is_current from public.list_sessions()"),
    Story(
        "two sessions",
        "owner",
        "select 1 / (count(*) = 2 and count(*) filter (where is_current) = 1)::int from public.list_sessions()",
        before=second("null"),
    ),
    Story(
        "ended sessions are not listed",
        "owner",
        "select 1 / (count(*) = 1)::int from public.list_sessions()",
        before=second("now()"),
    ),
    Story(
        "sessions of nobody",
        "owner",
        "select 1 / (count(*) = 0)::int from public.list_sessions()",
        before="update auth.users set banned_until = 'infinity' where id = '{owner}'",
    ),
    Story(
        "a session revoked",
        "owner",
        "select public.revoke_session('{session_of_owner}')",
        then="select not exists (select from auth.sessions where id = '{session_of_owner}')",
    ),
    Story(
        "another's session revoked",
        "admin",
        "select public.revoke_session('{session_of_owner}')",
        "PT404",
        then="select exists (select from auth.sessions where id = '{session_of_owner}')",
    ),
    Story(
        "the others revoked",
        "owner",
        "select 1 / (public.revoke_other_sessions() = 1)::int",
        before=second("null"),
        then="select array_agg(id) = array['{session_of_owner}']::uuid[] and exists (select from auth.sessions where user_id <> '{owner}') from auth.sessions where user_id = '{owner}'",
    ),
    Story(
        "exported",
        "owner",
        "select 1 / (document -> 'account' ->> 'id' = '{owner}' and jsonb_array_length(document -> 'organizations') = 2 and jsonb_array_length(document -> 'api_keys') = 1 and jsonb_array_length(document -> 'sessions') = 1 and jsonb_array_length(document -> 'invitations_sent') = 1 and jsonb_array_length(document -> 'seats') = 1 and document -> 'profile' ->> 'id' = '{owner}')::int from public.export_me() as document",
        before="insert into seats (org_id, user_id, assigned_by) values ('{firm}', '{owner}', '{owner2}'), ('{firm}', '{member}', '{owner}')",
        then="select exists (select from audit_log where action = 'account.exported' and org_id = '{home_of_owner}' and actor_id = '{owner}' and subject = '{owner}')",
    ),
    Story(
        "exported by nobody",
        "owner",
        "select public.export_me()",
        "PT401",
        before="delete from auth.sessions where user_id = '{owner}'",
    ),
    Story(
        "only one's own identities",
        "owner",
        "select 1 / (jsonb_array_length(document -> 'identities') = 0)::int from public.export_me() as document",
        before="insert into auth.identities (id, user_id, provider, provider_id, identity_data) values (gen_random_uuid(), '{admin}', 'email', 'x', '{{}}')",
    ),
    Story(
        "erased",
        "owner",
        ERASE,
        then="select not exists (select from auth.users where id = '{owner}') and exists (select from organizations where id = '{firm}') and exists (select from audit_log where action = 'account.erased' and subject = '{owner}' and org_id = '{home_of_owner}')",
    ),
    Story("erased after a while", "owner", ERASE, "PT403", before=OLD),
    Story("erased by nobody", "owner", ERASE, "PT401", before="delete from auth.sessions where user_id = '{owner}'"),
    Story(
        "the last owner in good standing erased",
        "owner",
        ERASE,
        "PT409",
        before="update auth.users set banned_until = 'infinity' where id = '{owner2}'",
    ),
    Story(
        "the last owner in good standing leaves",
        "owner",
        "select public.leave_organization('{firm}')",
        "PT409",
        before="update auth.users set banned_until = 'infinity' where id = '{owner2}'",
    ),
    Story(
        "erased while strangers' owners are banned",
        "guest",
        ERASE,
        before="update auth.users set banned_until = 'infinity' where id in ('{boss}', '{owner}', '{owner2}')",
        then="select count(*) = 2 from organizations where id in ('{firm}', '{small}')",
    ),
    Story(
        "a member leaves while the owners are banned",
        "member",
        "select public.leave_organization('{firm}')",
        before="update auth.users set banned_until = 'infinity' where id in ('{owner}', '{owner2}')",
    ),
    Story(
        "erased with the invitations to them",
        "guest",
        ERASE,
        then="select not exists (select from invitations where id = '{invitation}')"
        " and (select count(*) = 2 from invitations where id in ('{to_own}', '{to_member}'))",
    ),
    Story(
        "erased with an address that was never theirs",
        "guest",
        ERASE,
        before="update auth.users set email_confirmed_at = null where id = '{guest}'",
        then="select exists (select from invitations where id = '{invitation}')",
    ),
    Story("the last owner erased", "owner", ERASE, "PT409", before=NO_OTHER),
    Story(
        "erased with what was theirs alone",
        "founder",
        ERASE,
        then="select not exists (select from organizations where id in ('{alone}', '{home_of_founder}')) and exists (select from organizations where id = '{firm}')",
    ),
    Story(
        "erased where others own",
        "admin",
        ERASE,
        then="select exists (select from organizations where id in ('{firm}'))",
    ),
    Story(
        "erased last in a frozen organization",
        "admin",
        ERASE,
        before="delete from memberships where org_id = '{small}' and user_id = '{boss}'",
        then="select exists (select from organizations where id = '{small}')",
    ),
    # What the tables guard by themselves, whoever writes.
    Story(
        "the last owner's account ends",
        "operator",
        "delete from auth.users where id in ('{owner}', '{owner2}')",
        role="service_role",
        state="42501",
    ),
    Story(
        "joining a home",
        "nobody",
        "insert into public.memberships values ('{home_of_owner}', '{member}', 'member')",
        "PT409",
        role="service_role",
    ),
    Story(
        "moving into a home",
        "nobody",
        "update public.memberships set org_id = '{home_of_owner}' where org_id = '{firm}' and user_id = '{member}'",
        "PT409",
        role="service_role",
    ),
    Story(
        "another role at home",
        "nobody",
        "update public.memberships set role = 'member' where org_id = '{home_of_owner}'",
        "PT409",
        role="service_role",
    ),
    Story(
        "a home gone before its person",
        "nobody",
        "delete from public.organizations where id = '{home_of_owner}'",
        "PT409",
        role="service_role",
    ),
    Story(
        "another organization gone",
        "nobody",
        "delete from public.organizations where id = '{firm}'",
        role="service_role",
    ),
    Story(
        "no owner any more",
        "nobody",
        "delete from public.memberships where org_id = '{firm}' and role = 'owner'",
        role="service_role",
        then=FROZEN,
    ),
    Story(
        "no owner any more, demoted",
        "nobody",
        "update public.memberships set role = 'admin' where org_id = '{firm}' and role = 'owner'",
        role="service_role",
        then=FROZEN,
    ),
    Story(
        "an owner left",
        "nobody",
        "delete from public.memberships where org_id = '{firm}' and user_id in ('{owner}', '{admin}')",
        role="service_role",
        then=THAWED,
    ),
    Story(
        "somebody else left",
        "nobody",
        "delete from public.memberships where user_id = '{admin}' and org_id = '{firm}'",
        role="service_role",
        before="update memberships set role = 'member' where org_id = '{firm}' and role = 'owner'; update organizations set ownerless_at = null where id = '{firm}'",
        then=THAWED,
    ),
    Story(
        "without an owner since long",
        "nobody",
        "delete from public.memberships where org_id = '{firm}' and role = 'owner'",
        role="service_role",
        before="update organizations set ownerless_at = '2020-01-01' where id = '{firm}'",
        then="select ownerless_at = '2020-01-01' from organizations where id = '{firm}'",
    ),
    Story(
        "a home has no mark",
        "nobody",
        "delete from public.memberships where org_id = '{home_of_owner}'",
        role="service_role",
        then="select ownerless_at is null from organizations where id = '{home_of_owner}'",
    ),
    Story(
        "keys end with a membership",
        "nobody",
        "delete from public.memberships where org_id = '{firm}' and user_id = '{admin}'",
        role="service_role",
        then="select (select revoked_at = now() from api_keys where id = '{key}') and (select revoked_at is null from api_keys where id = '{key_of_owner}')",
    ),
    Story(
        "keys elsewhere do not",
        "nobody",
        "delete from public.memberships where org_id = '{small}' and user_id = '{admin}'",
        role="service_role",
        then="select revoked_at is null from api_keys where id = '{key}'",
    ),
    Story(
        "ended keys keep their time",
        "nobody",
        "delete from public.memberships where org_id = '{firm}' and user_id = '{admin}'",
        role="service_role",
        before="update api_keys set revoked_at = '2020-01-01' where id = '{key}'",
        then="select revoked_at = '2020-01-01' from api_keys where id = '{key}'",
    ),
]
