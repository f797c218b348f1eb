"""Stories of members and keys: who gives and takes which role, and what protects owners and homes."""

from tests.policies.story import Story

ROLE = "select public.change_role('{{firm}}', '{{{}}}', '{}')"
REMOVE = "select public.remove_member('{{firm}}', '{{{}}}')"
IS = "select role = '{}' from memberships where org_id = '{{firm}}' and user_id = '{{{}}}'"
GONE = "select not exists (select from memberships where org_id = '{{firm}}' and user_id = '{{{}}}')"
CREATE = "select public.create_api_key('k', {}, '000000000000', 1, {}, {}{})"
DIGEST = "repeat('0', 64)"

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

STORIES = [
    *(Story(f"{a} makes {t} {r}", a, ROLE.format(t, r), s, then="" if s else IS.format(r, t)) for a, t, r, s in CHANGES),
    *(Story(f"{a} takes {t} out", a, REMOVE.format(t), s, then="" if s else GONE.format(t)) for a, t, s in REMOVALS),
    Story("a banned heir", "owner", "select public.transfer_organization('{firm}', '{member}')", "PT404", before="update auth.users set banned_until = 'infinity' where id = '{member}'"),
    Story("the last owner steps down", "owner", ROLE.format("owner", "admin"), "PT409", before=ONE_OWNER),
    Story("the last owner goes", "owner", REMOVE.format("owner"), "PT409", before=ONE_OWNER),
    Story("the last owner leaves", "owner", "select public.leave_organization('{firm}')", "PT409", before=ONE_OWNER),
    Story("the last owner stays owner", "owner", ROLE.format("owner", "owner"), before=ONE_OWNER),
    Story("one of two leaves", "owner", "select public.leave_organization('{firm}')", then=GONE.format("owner")),
    Story("leaving where one is not", "outsider", "select public.leave_organization('{firm}')", "PT404"),
    Story("leaving home", "owner", "select public.leave_organization('{home_of_owner}')", "PT409", says="personal"),
    Story("leaving tells of keys that end", "admin", "select jsonb_path_query_array(public.leave_organization('{firm}'), '$.ended_keys[*].id') = jsonb_build_array('{key}')", then="select revoked_at is not null from api_keys where id = '{key}'"),
    Story("nobody takes nobody out", "nobody", REMOVE.format("member"), "42501", role="anon"),
    Story("handed over", "owner", "select public.transfer_organization('{firm}', '{member}')", then="select array_agg(role order by role) = '{{admin,owner}}' from memberships where org_id = '{firm}' and user_id in ('{member}', '{owner}')"),
    Story("handed over by an admin", "admin", "select public.transfer_organization('{firm}', '{admin}')", "PT403"),
    Story("handed over to an outsider", "owner", "select public.transfer_organization('{firm}', '{outsider}')", "PT404"),
    Story("handed over to oneself", "owner", "select public.transfer_organization('{firm}', '{owner}')", "PT409"),
    Story("deleted by an admin", "admin", "select public.delete_organization('{firm}')", "PT403"),
    Story("deleted by an outsider", "outsider", "select public.delete_organization('{firm}')", "PT404"),
    Story("deleted by an owner", "owner", "select public.delete_organization('{firm}')", then="select not exists (select from organizations where id = '{firm}')"),
    Story("a home deleted", "owner", "select public.delete_organization('{home_of_owner}')", "PT409"),
    Story("an organization made", "outsider", "select public.create_organization('New')", then="select m.role = 'owner' from organizations as o join memberships as m on m.org_id = o.id where o.name = 'New' and m.user_id = '{outsider}'"),
    Story("an organization of nobody", "outsider", "select public.create_organization('New')", "PT401", before="delete from auth.sessions where user_id = '{outsider}'"),
    Story("as many as the setting says", "founder", "select public.create_organization('New')", before="update private.settings set value = '2' where name = 'organizations_per_person'"),
    Story("one more than the setting says", "founder", "select public.create_organization('New')", "PT409", before="update private.settings set value = '1' where name = 'organizations_per_person'"),
    Story("what one does not own is not counted", "admin", "select public.create_organization('New')", before="update private.settings set value = '1' where name = 'organizations_per_person'"),
    Story("a key adopted by who may do all it does", "admin2", "select public.adopt_key('{key}', '{admin2}')", then="select maker_id = '{admin2}' from api_keys where id = '{key}'"),
    Story("a key adopted for who may not do all it does", "admin", "select public.adopt_key('{key}', '{member}')", "PT409"),
    Story("an owner's key adopted by an admin", "admin", "select public.adopt_key('{key_of_owner}', '{admin}')", "PT409"),
    Story("a key adopted for an outsider", "admin", "select public.adopt_key('{key}', '{outsider}')", "PT409"),
    Story("a key adopted for somebody banned", "admin", "select public.adopt_key('{key}', '{admin2}')", "PT409", before="update auth.users set banned_until = 'infinity' where id = '{admin2}'"),
    Story("a key adopted by a member", "member", "select public.adopt_key('{key}', '{admin}')", "PT404"),
    Story("a key adopted from outside", "outsider", "select public.adopt_key('{key}', '{outsider}')", "PT404"),
    Story("a key made", "admin", CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ""), function="auth", then="select d.digest = sha256(decode(repeat('0', 64), 'hex')) and k.maker_id = '{admin}' from api_keys as k join private.api_key_digests as d on d.key_id = k.id where k.lookup = '000000000000'"),
    Story("a key made at home", "admin", CREATE.format("array['profile:read']", DIGEST, "null", ""), function="auth", then="select org_id = '{home_of_admin}' from api_keys where lookup = '000000000000'"),
    Story("a key made directly", "admin", CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ""), "PT403"),
    Story("a key made by another function", "admin", CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ""), "PT403", function="core"),
    Story("a key with a scope that there is not", "admin", CREATE.format("array['admin:everything']", DIGEST, "'{firm}'", ""), "PT400", function="auth", says="scopes"),
    Story("a key with a scope one does not hold", "admin", CREATE.format("array['billing:write']", DIGEST, "'{firm}'", ""), "PT403", function="auth", says="maker"),
    Story("a key with a bad digest", "admin", CREATE.format("array['profile:read']", "'abcd'", "'{firm}'", ""), "PT400", function="auth"),
    Story("a key with no digest", "admin", CREATE.format("array['profile:read']", "null", "'{firm}'", ""), "PT400", function="auth"),
    Story("a key that ends now", "admin", CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ", now()"), "PT400", function="auth"),
    Story("a key that ends in a century", "admin", CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ", now() + interval '100 years'"), function="auth"),
    Story("a key that ends later", "admin", CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ", now() + interval '100 years 1 second'"), "PT400", function="auth"),
    Story("a key revoked", "admin2", "select public.revoke_api_key('{key}')", then="select revoked_at = now() from api_keys where id = '{key}'"),
    Story("a key revoked twice", "admin2", "select public.revoke_api_key('{key}')", before="update api_keys set revoked_at = '2020-01-01' where id = '{key}'", then="select revoked_at = '2020-01-01' from api_keys where id = '{key}'"),
    Story("a key revoked by a member", "member", "select public.revoke_api_key('{key}')", "PT404", then="select revoked_at is null from api_keys where id = '{key}'"),
    Story("a key revoked from outside", "outsider", "select public.revoke_api_key('{key}')", "PT404", then="select revoked_at is null from api_keys where id = '{key}'"),
    Story("renamed", "admin", "update public.organizations set name = 'x' where id = '{firm}'", then="select updated_at = now() from organizations where id = '{firm}'"),
]
