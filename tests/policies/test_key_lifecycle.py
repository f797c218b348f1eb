"""Whatever happens to keys and to their makers, in whatever order: a key is taken when a small model says so, and does no more."""

import secrets
from collections import Counter
from contextlib import ExitStack
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from psycopg.types.json import Jsonb

from tests.policies.cast import Caller
from tests.policies.court import Court, Outcome, as_person
from tests.policies.keymodel import ROLES, Model, ModelKey
from tests.world import BASE62, digest_of

# Who may do something comes up more often than who may not.
PEOPLE = st.sampled_from((0, 1, 2, 3, 0, 2))
SOME_KEY = st.integers(0, 7)
# What everybody may, what owners and admins may, and what owners alone may: each kind is lost in another way.
SCOPES = st.sets(
    st.sampled_from(("profile:read", "settings:read", "api-keys:read", "settings:write", "billing:write")), min_size=1
)
HOUR = 3600
TIMES = st.sampled_from((HOUR, 24 * HOUR, 72 * HOUR))
IN_ORDER = """
select lineage_id from api_keys where org_id = %s group by lineage_id
having max(generation) <> count(*) or count(distinct generation) <> count(*)
"""
FOUND = """
select k.id, private.find_api_key(p.presented, null), k.scopes, extract(epoch from k.expires_at - now())
from unnest(%s::text[]) as p(presented) inner join api_keys as k on k.lookup = split_part(p.presented, '.', 1)
"""
PASS = """
update api_keys set created_at = created_at - {0}, expires_at = expires_at - {0}, revoked_at = revoked_at - {0} where org_id = %s
"""


class Lifecycle(RuleBasedStateMachine):
    """An organization of four people, as the database has it and as the model has it."""

    court: ClassVar[Court]
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world, self.open = self.court.world, ExitStack()
        self.open.enter_context(self.court.hearing())
        self.people = [self.world.person() for _ in range(4)]
        self.organization = self.world.organization(self.people[0], "Keys")
        self.model = Model({0: "owner", 1: None, 2: None, 3: None})
        for number, role in ((1, "owner"), (2, "admin"), (3, "member")):
            self.come(number, role)
        # What was once said of a key: how long it would live, and whether it has ended.
        self.promised: dict[UUID, int | None] = {}
        self.ended: set[UUID] = set()

    def teardown(self) -> None:
        self.open.close()

    def key(self, number: int) -> tuple[UUID, ModelKey]:
        """Return one of the keys there are."""
        return list(self.model.keys.items())[number % len(self.model.keys)]

    def ask(self, what: str, person: int, act: str, *values: object, allowed: bool) -> Outcome:
        """Let somebody act for good; whether they may is for the model to say."""
        caller = as_person(self.people[person])
        outcome = self.court.ask(caller, f"select public.{act}", *values, function="auth", keep=True)
        assert (not outcome.state) is allowed, (
            f"{what} by {self.model.roles[person]}: {outcome.state} {outcome.message}"
        )
        # A refusal is one in words, and not some constraint that stood in the way.
        assert allowed or outcome.state.startswith("PT"), f"{what}: {outcome.state} {outcome.message}"
        self.done[f"{what} {'done' if allowed else 'refused'}"] += 1
        return outcome

    def learn(self, made: dict[str, Any], presented: str, scopes: set[str], life: int | None, maker: int) -> None:
        """Note a key that was made."""
        key, lineage = UUID(made["id"]), UUID(made["lineage_id"])
        self.model.keys[key] = ModelKey(presented, lineage, made["generation"], maker, set(scopes), life, life)
        self.promised[key] = life
        # All of a sequence is one transaction, in which the clock of the database stands still.
        self.time_passes(1)

    def draw(self) -> tuple[str, str]:
        """Return the public part and the digest of a new secret."""
        return "".join(secrets.choice(BASE62) for _ in range(12)), digest_of(secrets.token_hex())

    @rule(person=PEOPLE, scopes=SCOPES, seconds=st.none() | TIMES, budget=st.sampled_from((None, None, 0, 1, 2)))
    def make(self, person: int, scopes: set[str], seconds: int | None, budget: int | None) -> None:
        lookup, digest = self.draw()
        act = "create_api_key('k', {}, {}, 1, {}, {}, now() + make_interval(secs => {}::integer), budget => {}::bigint)"
        values = (sorted(scopes), lookup, digest, self.organization, seconds, budget)
        made = self.ask("make", person, act, *values, allowed=self.model.may_make(person, scopes)).value
        if made:
            self.model.budgets[UUID(made["lineage_id"])] = budget
            self.learn(made, f"{lookup}.1:{digest}", scopes, seconds, person)

    @precondition(lambda self: self.model.keys)
    @rule(number=SOME_KEY, person=PEOPLE, overlap=st.sampled_from((0, 2 * HOUR, 48 * HOUR)))
    def rotate(self, number: int, person: int, overlap: int) -> None:
        old_id, old = self.key(number)
        lookup, digest = self.draw()
        values = (old_id, lookup, digest, overlap)
        allowed = self.model.may_rotate(person, old)
        made = self.ask("rotate", person, "rotate_api_key({}, {}, 1, {}, {})", *values, allowed=allowed).value
        if made:
            old.left = overlap if old.left is None else min(old.left, overlap)
            self.learn(made, f"{lookup}.1:{digest}", old.scopes, old.life, person)

    @precondition(lambda self: self.model.keys)
    @rule(number=SOME_KEY, person=PEOPLE, scopes=SCOPES)
    def change(self, number: int, person: int, scopes: set[str]) -> None:
        key_id, key = self.key(number)
        act = "change_api_key({}, jsonb_build_object('scopes', to_jsonb({}::text[])))"
        allowed = self.model.may_change(person, key, scopes)
        self.ask("change", person, act, key_id, sorted(scopes), allowed=allowed)
        if allowed:
            key.scopes = set(scopes)

    @precondition(lambda self: self.model.keys)
    @rule(number=SOME_KEY, person=PEOPLE)
    def revoke(self, number: int, person: int) -> None:
        key_id, key = self.key(number)
        allowed = self.model.may_end(person)
        self.ask("revoke", person, "revoke_api_key({})", key_id, allowed=allowed)
        key.revoked = key.revoked or allowed

    @rule(person=PEOPLE, really=st.sampled_from((False, False, False, True)))
    def revoke_all(self, person: int, really: bool) -> None:
        # It ends whatever a sequence has built up, so who may do it seldom does.
        allowed = self.model.may_end(person)
        if really or not allowed:
            self.ask("revoke all", person, "revoke_api_keys({})", self.organization, allowed=allowed)
            for key in self.model.keys.values():
                key.revoked = key.revoked or allowed

    @precondition(lambda self: self.model.keys)
    @rule(number=SOME_KEY, times=st.integers(1, 3))
    def spend(self, number: int, times: int) -> None:
        _, key = self.key(number)
        if self.model.problem(key):
            return
        claims = self.world.value("select private.find_api_key(%s, null) -> 'claims'", key.presented)
        for _ in range(times):
            act = "select backend.admit('GET /x')"
            told = self.court.ask(Caller("gatekeeper", claims), act, function="auth", keep=True).value
            admitted = self.model.spend(key)
            assert (told["admitted"], told.get("reason")) == (admitted, None if admitted else "budget_spent")
            self.done[f"spend {'done' if admitted else 'refused'}"] += 1

    @rule(seconds=TIMES)
    def time_passes(self, seconds: int) -> None:
        self.world.run(PASS.format(f"interval '{seconds} seconds'"), self.organization)
        for key in self.model.keys.values():
            key.left = None if key.left is None else key.left - seconds
        self.promised = {key: None if left is None else left - seconds for key, left in self.promised.items()}

    @rule(person=PEOPLE, role=st.sampled_from((*ROLES, "owner", "admin")))
    def come(self, person: int, role: str) -> None:
        """Let somebody join, or have another role from now on."""
        statement = "insert into memberships (org_id, user_id, role) values (%s, %s, %s)"
        again = " on conflict (org_id, user_id) do update set role = excluded.role"
        self.world.run(statement + again, self.organization, self.people[person].id, role)
        self.thaw(frozen=self.model.frozen)
        self.model.roles[person] = role

    @rule(person=PEOPLE)
    def leave(self, person: int) -> None:
        self.world.run(
            "delete from memberships where org_id = %s and user_id = %s", self.organization, self.people[person].id
        )
        self.thaw(frozen=self.model.frozen)
        self.model.leave(person)

    @rule(frozen=st.sampled_from((True, False, False)))
    def thaw(self, *, frozen: bool) -> None:
        """Freeze the organization, or thaw it: whether it has owners is not what is tried here."""
        freeze = "update organizations set ownerless_at = case when %s then now() end where id = %s"
        self.world.run(freeze, frozen, self.organization)
        self.model.frozen = frozen

    @invariant()
    def keys_are_as_the_model_says(self) -> None:
        presented = [key.presented for key in self.model.keys.values()]
        rows = self.court.connection.execute(FOUND.encode(), [presented]).fetchall()
        assert len(rows) == len(presented)
        for key_id, found, scopes, left in rows:
            key, promised = self.model.keys[key_id], self.promised[key_id]
            assert found.get("problem") == self.model.problem(key)
            assert set(scopes) == key.scopes
            assert left == key.left
            assert promised is None or (left is not None and left <= promised), "it outlives what it had"
            if "claims" in found:
                assert key_id not in self.ended, "it lives again"
                effective = self.world.value("select private.effective_scopes(%s)", Jsonb(found["claims"]))
                assert set(effective) == self.model.effective(key)
                assert set(effective) <= key.scopes & self.model.held(key.maker)
                self.done["taken"] += 1
            elif key.ended:
                self.ended.add(key_id)

    @invariant()
    def each_lineage_has_one_newest(self) -> None:
        assert self.world.value(IN_ORDER, self.organization) is None


def test_no_sequence_makes_a_key_more_than_it_should_be(court: Court) -> None:
    Lifecycle.court = court
    Lifecycle.done.clear()
    with court.hearing():
        court.world.run("update private.limits set quantity = 1000000 where true")
        run_state_machine_as_test(
            Lifecycle,
            settings=settings(
                max_examples=150,
                stateful_step_count=30,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    acts = {
        f"{act} {end}"
        for act in ("make", "rotate", "change", "revoke", "revoke all", "spend")
        for end in ("done", "refused")
    }
    # A sequence in which everything is refused, or nothing, would prove nothing.
    assert {act for act, times in Lifecycle.done.items() if times >= 5} >= acts | {"taken"}, Lifecycle.done
