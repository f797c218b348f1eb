"""What keys should be, in a few lines of Python: who may do what to them, which are taken, and with which scopes."""

from dataclasses import dataclass, field
from uuid import UUID

from tests.policies import roles

ROLES = ("owner", "admin", "billing", "member")
HOLDS = {role: {p for p, holders in roles.screen().items() if role in holders} for role in ROLES}
WRITE = "api-keys:write"
# Of one lineage, the newest among them.
MOST_TAKEN = 5


@dataclass
class ModelKey:
    """One key. Times are in seconds: how long it was made for, and how much of that is left; None for ever."""

    presented: str
    lineage: UUID
    generation: int
    maker: int
    scopes: set[str]
    life: int | None
    left: int | None
    revoked: bool = False

    @property
    def ended(self) -> bool:
        """Whether it was revoked or has expired."""
        return self.revoked or (self.left is not None and self.left <= 0)


@dataclass
class Model:
    """An organization: who has which role in it, its keys, and the budgets of their lineages."""

    roles: dict[int, str | None]
    frozen: bool = False
    keys: dict[UUID, ModelKey] = field(default_factory=dict)
    budgets: dict[UUID, int | None] = field(default_factory=dict)

    def held(self, person: int) -> set[str]:
        """Return what somebody may do here now."""
        found = HOLDS.get(self.roles[person] or "", set())
        return {permission for permission in found if permission.endswith(":read") or not self.frozen}

    def may_end(self, person: int) -> bool:
        """Tell whether somebody may end keys here, frozen or not."""
        return WRITE in HOLDS.get(self.roles[person] or "", set())

    def may_make(self, person: int, scopes: set[str]) -> bool:
        """Tell whether somebody may make a key with these scopes."""
        return {WRITE} | scopes <= self.held(person)

    def is_newest(self, key: ModelKey) -> bool:
        """Tell whether no other generation came after this one."""
        return all(k.generation <= key.generation for k in self.keys.values() if k.lineage == key.lineage)

    def may_rotate(self, person: int, key: ModelKey) -> bool:
        """Tell whether somebody may make the next generation of a key."""
        taken = sum(k.lineage == key.lineage and not k.ended for k in self.keys.values())
        return self.may_make(person, key.scopes) and not key.ended and self.is_newest(key) and taken <= MOST_TAKEN

    def may_change(self, person: int, key: ModelKey, scopes: set[str]) -> bool:
        """Tell whether somebody may give a key these scopes."""
        return self.may_make(person, scopes - key.scopes) and not key.ended

    def problem(self, key: ModelKey) -> str | None:
        """Return why a key is not taken, or None for one that is."""
        if key.revoked:
            return "key_revoked"
        if key.ended:
            return "key_expired"
        return None if self.roles[key.maker] else "key_orphaned"

    def effective(self, key: ModelKey) -> set[str]:
        """Return what a key may do now: what it was made for and its maker still may."""
        return key.scopes & self.held(key.maker)

    def leave(self, person: int) -> None:
        """Let somebody go, and their keys with them."""
        self.roles[person] = None
        for key in self.keys.values():
            key.revoked = key.revoked or key.maker == person

    def spend(self, key: ModelKey) -> bool:
        """Take one request of a lineage's budget, and tell whether there was one."""
        left = self.budgets[key.lineage]
        if left is not None and left > 0:
            self.budgets[key.lineage] = left - 1
        return left is None or left > 0
