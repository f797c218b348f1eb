"""An organization in which somebody holds each permission alone, and what they could try."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from tests.policies import roles, shop
from tests.world import Key, Person, World

TABLES = (
    *("organizations", "memberships", "api_keys", "invitations", "audit_log"),
    *("seats", "billing_customers", "subscriptions", "invoices"),
)


def role_of(permission: str) -> str:
    """Return the made-up role that holds this permission alone."""
    return "sole_" + permission.replace("-", "_").replace(":", "_")


@dataclass(frozen=True)
class Sole:
    """An organization in which somebody holds each permission, and nothing more."""

    organization: UUID
    owner: Person
    powerless: Person
    key: Key
    invitation: UUID
    people: dict[str, Person]
    keys: dict[str, Key]
    keys_of_people: dict[str, Key]

    def acts(self, permission: str) -> dict[str, str]:
        """Return the statement of each act; whom it concerns has no permission at all, so that rank is no matter."""
        member, org = self.powerless.id, self.organization
        columns = {"organizations": "id"}
        key = self.keys[permission].id if permission else ""
        return {
            **{t: f"select 1 from public.{t} where {columns.get(t, 'org_id')} = '{org}'" for t in TABLES},
            "audit_report": f"select 1 from public.audit_report('{org}', '2020-01-01', '9999-01-01')",
            # Reads no column, so that no select policy decides; everybody renames their own home, too.
            "rename": "update public.organizations set name = 'x'",
            "change_role": f"select public.change_role('{org}', '{member}', 'sole_nothing')",
            "remove_member": f"select public.remove_member('{org}', '{member}')",
            "transfer_organization": f"select public.transfer_organization('{org}', '{member}')",
            "delete_organization": f"select public.delete_organization('{org}')",
            "create_invitation": f"select public.create_invitation('{org}', 'new@example.com', 'sole_nothing', '{uuid4()}', 1, repeat('0', 64))",
            "resend_invitation": f"select public.resend_invitation('{self.invitation}')",
            "revoke_invitation": f"select public.revoke_invitation('{self.invitation}')",
            "create_api_key": f"select public.create_api_key('k', array['{permission}'], '000000000000', 1, repeat('0', 64), '{org}')",
            "change_api_key": f"select public.change_api_key('{self.key.id}', jsonb_build_object('name', 'x'))",
            "revoke_api_key": f"select public.revoke_api_key('{self.key.id}')",
            "revoke_api_keys": f"select public.revoke_api_keys('{org}')",
            "adopt_key": f"select public.adopt_key('{key}', '{self.owner.id}')",
            "rotate_api_key": f"select public.rotate_api_key('{key}', '000000000000', 1, repeat('0', 64))",
        }

    def reads(self) -> dict[str, str]:
        """Return what a key could read."""
        acts = self.acts("")
        profiles = {"profiles": "select 1 from public.profiles"}
        return {name: acts[name] for name in (*TABLES, "audit_report") if name != "invitations"} | profiles


def put_on_stage(world: World) -> Sole:
    """Make the roles, their holders and their keys."""
    world.run("insert into private.roles (role) values ('sole_nothing')")
    owner = world.person()
    organization = world.organization(owner, "Sole")
    people, keys, keys_of_people = {}, {}, {}
    for permission in roles.PERMISSIONS:
        world.run("insert into private.roles (role) values (%s)", role_of(permission))
        world.run("insert into private.role_permissions values (%s, %s)", role_of(permission), permission)
        people[permission] = world.member(organization, role_of(permission))
        keys[permission] = world.key(owner, organization, [permission])
        keys_of_people[permission] = world.key(people[permission], organization, roles.PERMISSIONS)
    powerless = world.member(organization, "sole_nothing")
    # Its one scope is what adopting takes: nobody adopts a key that may do more than they.
    key = world.key(powerless, organization, ["api-keys:write"])
    invitation = world.invitation(owner, organization, "guest@example.com", "sole_nothing")
    shop.buy(world, organization)
    world.run("insert into seats (org_id, user_id) values (%s, %s)", organization, owner.id)
    return Sole(organization, owner, powerless, key, invitation, people, keys, keys_of_people)
