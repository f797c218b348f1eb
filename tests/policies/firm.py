"""A firm with two people in each role that matters, for stories about rank."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.world import Key, Person, World

ROLES = {"owner": "owner", "owner2": "owner", "admin": "admin", "admin2": "admin", "billing": "billing"}
ROLES |= {"member": "member", "member2": "member", "keeper": "sole_api_keys_write"}


@dataclass(frozen=True)
class Firm:
    """Who is in it and around it, its keys and its invitations."""

    organization: UUID
    people: dict[str, Person]
    keys: dict[str, Key]
    invitations: dict[str, UUID]
    alone: UUID
    small: UUID

    def names(self) -> dict[str, Any]:
        """Return the ids, and what shows of keys, that stories call by name."""
        names: dict[str, Any] = {name: person.id for name, person in self.people.items()}
        names |= {f"home_of_{name}": person.personal_org for name, person in self.people.items()}
        names |= {f"session_of_{name}": person.session_id for name, person in self.people.items()}
        names |= {name: key.id for name, key in self.keys.items()} | self.invitations
        names |= {f"lookup_of_{name}": key.lookup for name, key in self.keys.items()}
        names |= {f"presented_{name}": key.presented() for name, key in self.keys.items()}
        return names | {"firm": self.organization, "alone": self.alone, "small": self.small}


def put_on_stage(world: World) -> Firm:
    """Make the firm; `alone` is an organization of which its founder is the only member, `small` has an admin as well."""
    founder = world.person()
    organization = world.organization(founder, "Firm")
    people = {name: world.member(organization, role) for name, role in ROLES.items()}
    world.run("delete from memberships where org_id = %s and user_id = %s", organization, founder.id)
    people |= {name: world.person() for name in ("outsider", "guest", "ops", "boss", "chief", "customer")}
    people["founder"] = founder
    alone, small = world.organization(founder, "Alone"), world.organization(people["boss"], "Small")
    world.join(small, people["admin"], "admin")
    for name, role in (("ops", "ops"), ("boss", "admin"), ("chief", "super_admin")):
        world.run("insert into private.staff (user_id, role) values (%s, %s)", people[name].id, role)
    keys = {
        "key": world.key(people["admin"], organization, ["api-keys:read", "profile:read"]),
        "key_of_owner": world.key(people["owner"], organization, ["billing:write"]),
        "key_of_member": world.key(people["member"], organization, ["members:read", "settings:write", "profile:write"]),
    }
    guest = f"{people['guest'].id}@example.com"
    invitations = {
        "invitation": world.invitation(people["admin"], organization, guest, "member", "token"),
        "to_own": world.invitation(people["owner"], organization, "new@example.com", "owner", "to own"),
        "to_member": world.invitation(
            people["admin"], organization, f"{people['member'].id}@example.com", "admin", "up"
        ),
    }
    return Firm(organization, people, keys, invitations, alone, small)
