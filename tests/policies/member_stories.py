"""Stories of members: who gives and takes which role, and what protects owners and homes."""

from tests.policies.story import LOCKS, TICK, Story

ROLE = "select public.change_role('{{firm}}', '{{{}}}', '{}')"
REMOVE = "select public.remove_member('{{firm}}', '{{{}}}')"
IS = "select role = '{}' from memberships where org_id = '{{firm}}' and user_id = '{{{}}}'"
GONE = "select not exists (select from memberships where org_id = '{{firm}}' and user_id = '{{{}}}')"

CHANGES = [
    # actor, target, new role, what they are told
    ("owner", "member", "owner", ""),
    ("owner", "admin", "member", ""),
    ("owner", "owner2", "member", ""),
    ("admin", "member", "admin", ""),
    ("admin", "member", "owner", "PT403"),
    ("admin", "member", "billing", "PT403"),
    ("admin", "owner", "member", "PT403"),
    ("admin", "billing", "member", "PT403"),
    ("admin", "admin", "owner", "PT403"),
    ("billing", "member", "billing", "PT403"),
    ("member", "member", "owner", "PT403"),
    ("outsider", "member", "admin", "PT404"),
    ("outsider", "outsider", "owner", "PT404"),
    ("owner", "outsider", "member", "PT404"),
    ("owner", "member", "emperor", "PT400"),
]
REMOVALS = [
    ("owner", "owner2", ""),
    ("owner", "member", ""),
    ("admin", "member", ""),
    ("admin", "owner", "PT403"),
    ("admin", "billing", "PT403"),
    ("billing", "member", "PT403"),
    ("member", "member2", "PT403"),
    ("outsider", "member", "PT404"),
    ("owner", "outsider", "PT404"),
    ("member", "member", ""),
]
ONE_OWNER = "delete from memberships where org_id = '{firm}' and user_id = '{owner2}'"

OTHER_KEYS = """
insert into api_keys (org_id, maker_id, name, lookup, scopes, revoked_at, created_at, expires_at) values
('{firm}', '{admin}', 'revoked', '000000000001', '{{profile:read}}', now(), now(), null),
('{firm}', '{admin}', 'expired', '000000000002', '{{profile:read}}', null, now() - interval '1 day', now()),
('{small}', '{admin}', 'elsewhere', '000000000003', '{{profile:read}}', null, now(), null);
update api_keys set expires_at = now() + interval '1 second' where id = '{key}'
"""
OTHERS_STAY = "select count(*) = 9 from memberships where user_id in ('{member2}', '{member}', '{owner2}', '{admin}') or org_id = '{small}'"
BOSS_JOINS = ONE_OWNER + "; insert into memberships values ('{firm}', '{boss}', 'member')"

STORIES = [
    *(
        Story(f"{act} locks", "owner", f"select public.{act}", before=TICK, then=LOCKS)
        for act in (
            "change_role('{firm}', '{member}', 'admin')",
            "remove_member('{firm}', '{member}')",
            "transfer_organization('{firm}', '{member}')",
            "leave_organization('{firm}')",
        )
    ),
    Story("others stay", "owner", REMOVE.format("member2"), then=OTHERS_STAY),
    Story("who owns elsewhere may go", "admin", REMOVE.format("boss"), before=BOSS_JOINS),
    Story("a member may go where one owns", "admin", REMOVE.format("member"), before=ONE_OWNER),
    Story(
        "a frozen organization says so",
        "admin",
        ROLE.format("member", "admin"),
        "PT403",
        before="update organizations set ownerless_at = now() where id = '{firm}'",
        says="frozen",
    ),
    Story(
        "a thawed one does not",
        "member",
        ROLE.format("member", "admin"),
        "PT403",
        before="update organizations set ownerless_at = now() where id = '{small}'",
        says="Ask an owner",
    ),
    Story(
        "a second factor is asked for",
        "admin",
        ROLE.format("member", "admin"),
        "PT403",
        before="update organizations set demands_aal2 = true where id = '{firm}'",
        says="second factor",
    ),
    Story("permission is asked for", "member", ROLE.format("member", "admin"), "PT403", says="Ask an owner"),
    *(
        Story(f"{a} makes {t} {r}", a, ROLE.format(t, r), s, then="" if s else IS.format(r, t))
        for a, t, r, s in CHANGES
    ),
    *(Story(f"{a} takes {t} out", a, REMOVE.format(t), s, then="" if s else GONE.format(t)) for a, t, s in REMOVALS),
    Story(
        "a banned heir",
        "owner",
        "select public.transfer_organization('{firm}', '{member}')",
        "PT404",
        before="update auth.users set banned_until = 'infinity' where id = '{member}'",
    ),
    Story("the last owner steps down", "owner", ROLE.format("owner", "admin"), "PT409", before=ONE_OWNER),
    Story("the last owner goes", "owner", REMOVE.format("owner"), "PT409", before=ONE_OWNER),
    Story("the last owner leaves", "owner", "select public.leave_organization('{firm}')", "PT409", before=ONE_OWNER),
    Story("the last owner stays owner", "owner", ROLE.format("owner", "owner"), before=ONE_OWNER),
    Story("one of two leaves", "owner", "select public.leave_organization('{firm}')", then=GONE.format("owner")),
    Story("leaving where one is not", "outsider", "select public.leave_organization('{firm}')", "PT404"),
    Story("leaving home", "owner", "select public.leave_organization('{home_of_owner}')", "PT409", says="personal"),
    Story(
        "leaving tells of keys that end",
        "admin",
        "select 1 / (jsonb_path_query_array(public.leave_organization('{firm}'), '$.ended_keys[*].id') = jsonb_build_array('{key}'))::int",
        before=OTHER_KEYS,
        then="select revoked_at is not null from api_keys where id = '{key}'",
    ),
    Story("nobody takes nobody out", "nobody", REMOVE.format("member"), "42501", role="anon"),
    Story(
        "handed over",
        "owner",
        "select public.transfer_organization('{firm}', '{member}')",
        then="select array_agg(role order by role) = '{{admin,owner}}' from memberships where org_id = '{firm}' and user_id in ('{member}', '{owner}')",
    ),
    Story("handed over by an admin", "admin", "select public.transfer_organization('{firm}', '{admin}')", "PT403"),
    Story(
        "handed over to an outsider", "owner", "select public.transfer_organization('{firm}', '{outsider}')", "PT404"
    ),
    Story("handed over to oneself", "owner", "select public.transfer_organization('{firm}', '{owner}')", "PT409"),
    Story("deleted by an admin", "admin", "select public.delete_organization('{firm}')", "PT403"),
    Story("deleted by an outsider", "outsider", "select public.delete_organization('{firm}')", "PT404"),
    Story(
        "deleted by an owner",
        "owner",
        "select public.delete_organization('{firm}')",
        then="select not exists (select from organizations where id = '{firm}')",
    ),
    Story("a home deleted", "owner", "select public.delete_organization('{home_of_owner}')", "PT409"),
    Story(
        "an organization made",
        "outsider",
        "select public.create_organization('New')",
        then="select m.role = 'owner' from organizations as o join memberships as m on m.org_id = o.id where o.name = 'New' and m.user_id = '{outsider}'",
    ),
    Story(
        "an organization of nobody",
        "outsider",
        "select public.create_organization('New')",
        "PT401",
        before="delete from auth.sessions where user_id = '{outsider}'",
    ),
    Story(
        "as many as the setting says",
        "founder",
        "select public.create_organization('New')",
        before="update private.settings set value = '2' where name = 'organizations_per_person'",
    ),
    Story(
        "one more than the setting says",
        "founder",
        "select public.create_organization('New')",
        "PT409",
        before="update private.settings set value = '1' where name = 'organizations_per_person'",
    ),
    Story(
        "what one does not own is not counted",
        "admin",
        "select public.create_organization('New')",
        before="update private.settings set value = '1' where name = 'organizations_per_person'",
    ),
    Story(
        "an heir elsewhere",
        "owner",
        "select public.transfer_organization('{firm}', '{admin}')",
        then="select (select role = 'admin' from memberships where org_id = '{small}' and user_id = '{admin}') and (select array_agg(role order by role) = '{{admin,billing,member,member,owner,owner}}' from memberships where org_id = '{firm}' and role !~ '^sole_' and user_id <> '{owner}')",
    ),
    Story(
        "a frozen organization left",
        "member",
        "select public.leave_organization('{firm}')",
        before="delete from memberships where org_id = '{firm}' and role = 'owner'",
        then=GONE.format("member"),
    ),
    Story(
        "renamed",
        "admin",
        "update public.organizations set name = 'x' where id = '{firm}'",
        then="select updated_at = now() from organizations where id = '{firm}'",
    ),
]
