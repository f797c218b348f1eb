"""One caller of each kind around one organization, and the row of each table that they reach for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.policies import shop
from tests.world import Claims, Key, Person, World

ALL_SCOPES = (
    "api-keys:read",
    "api-keys:write",
    "billing:read",
    "members:read",
    "profile:read",
    "settings:read",
    "settings:write",
)


@dataclass(frozen=True)
class Caller:
    """Somebody at the door: the role and claims that the gate gives them, and what they send to get there."""

    role: str
    claims: Claims
    token: str | None = None
    key: Key | None = None

    def headers(self, function_key: str) -> dict[str, str]:
        """Return what this caller's request carries; keys come through a function, people come by themselves."""
        if self.key:
            return {"X-Function-Key": function_key, "X-Api-Key": self.key.presented()}
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass(frozen=True)
class Target:
    """A row to reach for: how to find it, how to change it, and a row of the same kind to add."""

    table: str
    find: dict[str, Any]
    change: dict[str, Any]
    add: dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """The callers by name, and the target of each table."""

    callers: dict[str, Caller]
    targets: dict[str, Target]
    people: dict[str, Person]
    keys: dict[str, Key]
    organization: UUID


def scene(world: World) -> Scene:
    """Put everybody on stage."""
    owner = world.person()
    organization = world.organization(owner)
    roles = {role: world.member(organization, role) for role in ("member", "billing", "admin")}
    signed_out, banned, deleted, anonymous = (world.member(organization, "owner") for _ in range(4))
    world.run("delete from auth.sessions where id = %s", signed_out.session_id)
    world.run("update auth.users set banned_until = now() + interval '1 day' where id = %s", banned.id)
    world.run("update auth.users set deleted_at = now() where id = %s", deleted.id)
    world.run("update auth.users set is_anonymous = true where id = %s", anonymous.id)
    outsider, other_owner = world.person(), world.person()
    world.organization(other_owner)

    people = {"owner": owner, **roles, "outsider": outsider, "other_owner": other_owner}
    people |= {"signed_out": signed_out, "banned": banned, "deleted": deleted, "signed_in_anonymously": anonymous}
    keys = {
        "key": world.key(owner, organization, ALL_SCOPES),
        "key_without_scope": world.key(owner, organization, ["audit:read"]),
        "key_of_member": world.key(roles["member"], organization, ALL_SCOPES),
        "key_of_banned": world.key(banned, organization, ALL_SCOPES),
        "other_key": world.key(other_owner, world.organization(other_owner), ALL_SCOPES),
    }
    callers = {name: Caller("authenticated", p.claims(), world.sign(p.claims())) for name, p in people.items()}
    app_claims = owner.claims(client_id=str(uuid4()))
    callers["other_app"] = Caller("authenticated", app_claims, world.sign(app_claims))
    callers |= {name: Caller("integrator", key.claims(), key=key) for name, key in keys.items()}
    callers["nobody"] = Caller("anon", {"role": "anon"})

    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    new_key = {
        "org_id": organization,
        "maker_id": owner.id,
        "name": "x",
        "lookup": "0" * 12,
        "scopes": ["profile:read"],
    }
    targets = [
        Target("profiles", {"id": owner.id}, {"display_name": "x"}, {"id": owner.id, "display_name": "x"}),
        Target("organizations", {"id": organization}, {"name": "x"}, {"name": "x"}),
        Target(
            "memberships",
            {"org_id": organization, "user_id": roles["member"].id},
            {"role": "owner"},
            {"org_id": organization, "user_id": outsider.id, "role": "owner"},
        ),
        Target(
            "invitations",
            {"id": world.invitation(owner, organization, "guest@example.com")},
            {"role": "owner"},
            {"id": uuid4(), "org_id": organization, "email": "x@example.com", "role": "owner"},
        ),
        Target(
            "audit_log",
            {"id": world.value("select max(id) from audit_log where org_id = %s", organization)},
            {"success": False},
            {"org_id": organization, "action": "a.b", "actor_kind": "person"},
        ),
        Target("api_keys", {"id": keys["key"].id}, {"expires_at": tomorrow}, new_key),
    ]
    shop.buy(world, keys["other_key"].org_id)
    bought = shop.buy(world, organization)
    world.run("insert into seats (org_id, user_id) values (%s, %s)", organization, roles["member"].id)
    targets += [Target(*each) for each in shop.reached(world, bought, organization, roles["member"].id, owner.id)]
    return Scene(callers, {target.table: target for target in targets}, people, keys, organization)
