"""Whatever members do, in whatever order: nobody rises above who lifted them, and nothing is left without an owner."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies import roles
from tests.policies.court import Court, Outcome, as_person
from tests.world import Person, World

ROLES = ("owner", "admin", "billing", "member")
HOLDS = {role: {p for p, holders in roles.screen().items() if role in holders} for role in ROLES}
ACTS = ("create", "change_role", "remove", "leave", "transfer", "invite", "accept", "adopt", "revoke_session", "delete")
# Who can do something comes up more often than who cannot, and what builds up more often than what ends everything.
OFTEN = (*ACTS, *("change_role", "invite", "accept", "invite", "accept", "change_role", "remove", "adopt"))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(OFTEN),
        st.sampled_from((0, 1, 2, 3, 4, 0, 1, 2)),
        st.integers(0, 4),
        st.sampled_from((0, 1, 2, 0, 0, 0)),
        st.sampled_from(ROLES),
    ),
    min_size=15,
    max_size=30,
)
Roles = dict[tuple[UUID, UUID], str]


@dataclass
class Town:
    """Five people, their organizations, and the invitations that are on their way."""

    court: Court
    people: list[Person]
    organizations: list[UUID]
    keys: list[UUID]
    invited: list[tuple[Person, UUID, Person, str, str]] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The town as its owner sees it."""
        return self.court.world

    def roles(self) -> Roles:
        """Return who has which role where."""
        found = self.world.connection.execute(b"select org_id, user_id, role from memberships").fetchall()
        return {(org, person): role for org, person, role in found}

    def ask(self, person: Person, act: str, *values: object) -> Outcome:
        """Let somebody act, for good."""
        return self.court.ask(as_person(person), f"select public.{act}", *values, function="auth", keep=True)


def settle(court: Court) -> Town:
    """Make a town: the first two own an organization together, in which two others are admin and member."""
    people = [court.world.person() for _ in range(5)]
    organization = court.world.organization(people[0], "Shared")
    for person, role in zip(people[1:4], ("owner", "admin", "member"), strict=True):
        court.world.join(organization, person, role)
    second = court.world.organization(people[2], "Second")
    keys = [court.world.key(people[i], organization, ["api-keys:read"]).id for i in (0, 2)]
    return Town(court, people, [organization, second, people[0].personal_org], keys)


def step(town: Town, act: str, actor: Person, target: Person, org: UUID, role: str) -> None:
    """Try one act; whether it is refused is for the invariants to judge."""
    simple: dict[str, tuple[Any, ...]] = {
        "create": ("create_organization({})", role),
        "change_role": ("change_role({}, {}, {})", org, target.id, role),
        "remove": ("remove_member({}, {})", org, target.id),
        "leave": ("leave_organization({})", org),
        "transfer": ("transfer_organization({}, {})", org, target.id),
        "delete": ("delete_organization({})", org),
        "adopt": ("adopt_key({}, {})", town.keys[ROLES.index(role) % 2], target.id),
        "revoke_session": ("revoke_other_sessions()",),
    }
    if act == "invite":
        token, email = str(uuid4()), f"{target.id}@example.com"
        digest = sha256(token.encode()).hexdigest()
        made = town.ask(actor, "create_invitation({}, {}, {}, {}, 1, {})", org, email, role, uuid4(), digest)
        if not made.state:
            town.invited.append((actor, org, target, role, token))
    elif act == "accept":
        for _, _, guest, _, token in town.invited:
            town.ask(guest, "accept_invitation({})", token)
    else:
        town.ask(actor, *simple[act])


def check_rank(town: Town, act: str, actor: Person, before: Roles, after: Roles) -> None:
    """Nobody gives what they do not hold, takes from who holds more, or touches an organization they are not in."""
    for org, person in before.keys() | after:
        old, new = before.get((org, person)), after.get((org, person))
        if old == new or (act == "create" and person == actor.id and (new, old) == ("owner", None)):
            continue
        if act == "accept":
            assert old is None
            givers = [
                inviter for inviter, to, guest, role, _ in town.invited if (to, guest.id, role) == (org, person, new)
            ]
            assert any(HOLDS[str(new)] <= HOLDS.get(before.get((org, giver.id), ""), set()) for giver in givers)
            continue
        mine = HOLDS[before[org, actor.id]]
        assert new is None or HOLDS[new] <= mine, f"{act} gives {new}"
        assert person == actor.id or old is None or HOLDS[old] <= mine, f"{act} takes {old}"
        assert person == actor.id or {"members:write", "ownership:write"} & mine, f"{act} by who may not"


def check_order(town: Town) -> None:
    """Organizations are owned, since no account ends here; homes have their person alone; keys have members for makers."""
    for claim, offenders in {
        "owned": "select id from organizations as o where ownerless_at is not null or not exists (select from memberships as m where m.org_id = o.id and m.role = 'owner')",
        "homes": "select id from organizations as o where personal_of is not null and (select array_agg((m.user_id, m.role)::text) from memberships as m where m.org_id = o.id) is distinct from array[(o.personal_of, 'owner')::text]",
        "everybody has a home": "select u.id from auth.users as u where not exists (select from organizations as o where o.personal_of = u.id)",
        "makers": "select k.id from api_keys as k where revoked_at is null and not exists (select from memberships as m where m.org_id = k.org_id and m.user_id = k.maker_id)",
        "recorded": "select m.user_id from memberships as m where not exists (select from audit_log as a where a.subject = m.org_id || '/' || m.user_id and a.after ->> 'role' = m.role)",
    }.items():
        found = town.world.value(offenders)
        assert found is None, f"{claim}: {found}"


def test_no_sequence_lifts_anybody_too_high_or_leaves_nobody_in_charge(court: Court) -> None:
    changed: Counter[str] = Counter()

    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    @given(steps=STEPS)
    def live(steps: list[tuple[str, int, int, int, str]]) -> None:
        with court.hearing():
            town = settle(court)
            for act, actor, target, org, role in steps:
                before = town.roles()
                step(town, act, town.people[actor], town.people[target], town.organizations[org], role)
                check_rank(town, act, town.people[actor], before, town.roles())
                check_order(town)
                changed[act] += before != town.roles()

    live()
    # A sequence in which everything is refused would prove nothing.
    assert {act for act, times in changed.items() if times} >= {
        "create",
        "change_role",
        "remove",
        "leave",
        "transfer",
        "accept",
        "delete",
    }
