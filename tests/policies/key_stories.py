"""Stories of API keys: who makes, adopts and revokes them."""

from tests.policies.story import LOCKS, TICK, Story

CREATE = "select public.create_api_key('k', {}, '000000000000', 1, {}, {}{})"
DIGEST = "repeat('0', 64)"

STORIES = [
    Story("adopting locks", "admin2", "select public.adopt_key('{key}', '{admin2}')", before=TICK, then=LOCKS),
    Story("a key that there is not adopted", "admin", "select public.adopt_key('{firm}', '{admin}')", "PT404"),
    Story(
        "a key adopted by who may do all it does",
        "admin2",
        "select public.adopt_key('{key}', '{admin2}')",
        then="select maker_id = '{admin2}' from api_keys where id = '{key}'",
    ),
    Story(
        "a key adopted for who may not do all it does", "admin", "select public.adopt_key('{key}', '{member}')", "PT409"
    ),
    Story(
        "an owner's key adopted by an admin", "admin", "select public.adopt_key('{key_of_owner}', '{admin}')", "PT403"
    ),
    Story("a key adopted for an outsider", "admin", "select public.adopt_key('{key}', '{outsider}')", "PT409"),
    Story(
        "a key adopted for somebody banned",
        "admin",
        "select public.adopt_key('{key}', '{admin2}')",
        "PT409",
        before="update auth.users set banned_until = 'infinity' where id = '{admin2}'",
    ),
    Story("a key adopted by a member", "member", "select public.adopt_key('{key}', '{admin}')", "PT404"),
    Story("a key adopted from outside", "outsider", "select public.adopt_key('{key}', '{outsider}')", "PT404"),
    Story(
        "a key revoked by who may do nothing else",
        "keeper",
        "select 1 / ((public.revoke_api_key('{key}')).id = '{key}')::int",
        then="select array_agg(id) = '{{{key}}}' from api_keys where revoked_at = now()",
    ),
    Story(
        "a key made",
        "admin",
        CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ""),
        function="auth",
        then="select d.digest = sha256(decode(repeat('0', 64), 'hex')) and k.maker_id = '{admin}' from api_keys as k join private.api_key_digests as d on d.key_id = k.id where k.lookup = '000000000000'",
    ),
    Story(
        "a key made at home",
        "admin",
        CREATE.format("array['profile:read']", DIGEST, "null", ""),
        function="auth",
        then="select org_id = '{home_of_admin}' from api_keys where lookup = '000000000000'",
    ),
    Story("a key made directly", "admin", CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ""), "PT403"),
    Story(
        "a key made by another function",
        "admin",
        CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ""),
        "PT403",
        function="core",
    ),
    Story(
        "a key with a scope that there is not",
        "admin",
        CREATE.format("array['admin:everything']", DIGEST, "'{firm}'", ""),
        "PT400",
        function="auth",
        says="scopes",
    ),
    Story(
        "a key with a scope one does not hold",
        "admin",
        CREATE.format("array['billing:write']", DIGEST, "'{firm}'", ""),
        "PT403",
        function="auth",
        says="maker",
    ),
    Story(
        "a key with a bad digest",
        "admin",
        CREATE.format("array['profile:read']", "'abcd'", "'{firm}'", ""),
        "PT400",
        function="auth",
    ),
    Story(
        "a key with no digest",
        "admin",
        CREATE.format("array['profile:read']", "null", "'{firm}'", ""),
        "PT400",
        function="auth",
    ),
    Story(
        "a key that ends now",
        "admin",
        CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ", now()"),
        "PT400",
        function="auth",
    ),
    Story(
        "a key that ends in a century",
        "admin",
        CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ", now() + interval '100 years'"),
        function="auth",
    ),
    Story(
        "a key that ends later",
        "admin",
        CREATE.format("array['profile:read']", DIGEST, "'{firm}'", ", now() + interval '100 years 1 second'"),
        "PT400",
        function="auth",
    ),
    Story(
        "a key revoked",
        "admin2",
        "select public.revoke_api_key('{key}')",
        then="select revoked_at = now() from api_keys where id = '{key}'",
    ),
    Story(
        "a key revoked twice",
        "admin2",
        "select public.revoke_api_key('{key}')",
        before="update api_keys set revoked_at = '2020-01-01' where id = '{key}'",
        then="select revoked_at = '2020-01-01' from api_keys where id = '{key}'",
    ),
    Story(
        "a key revoked by a member",
        "member",
        "select public.revoke_api_key('{key}')",
        "PT404",
        then="select revoked_at is null from api_keys where id = '{key}'",
    ),
    Story(
        "a key revoked from outside",
        "outsider",
        "select public.revoke_api_key('{key}')",
        "PT404",
        then="select revoked_at is null from api_keys where id = '{key}'",
    ),
]
