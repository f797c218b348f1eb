"""The trial of mutants: who could tell one at all, in which order they are asked, and who did."""

import time

import psycopg

from tests.policies.court import Court
from tests.policies.judges import ALL, BEHAVIOUR, CATALOGUE
from tests.policies.mutant import FINGERPRINTS, Mutant

CALLED = """
select s.nspname || '.' || s.funcname from (
    select n.nspname, p.proname as funcname from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace
    where pg_stat_get_xact_function_calls(p.oid) > 0
) as s
"""


class Trial:
    """Tries mutants, asking first who told the last one of its kind, then those who call what was mutated."""

    def __init__(self, court: Court) -> None:
        self.court = court
        self.as_superuser("set track_functions = 'all'")
        self.calls = {name: self._calls(name) for name in BEHAVIOUR}
        self.as_superuser("set track_functions = 'none'")
        self.orders: dict[str, list[str]] = {}
        self.whole = {part: self._fingerprint(part) for part in FINGERPRINTS}

    def as_superuser(self, statement: str) -> None:
        """Run a statement past the owner's rights."""
        self.court.connection.execute(b"set session authorization supabase_admin")
        self.court.connection.execute(statement.encode())
        self.court.connection.execute(b"set session authorization postgres")

    def _fingerprint(self, part: str) -> str:
        with self.court.hearing():
            self.court.connection.execute(b"set local session authorization supabase_admin")
            fingerprint: str = self.court.world.value(FINGERPRINTS[part])
        return fingerprint

    def _calls(self, name: str) -> set[str]:
        """Return the functions that a judge calls, by whatever way."""
        with self.court.hearing():
            began = time.perf_counter()
            assert list(BEHAVIOUR[name](self.court)) == []
            self.court.pace[name] = time.perf_counter() - began
            return {called for (called,) in self.court.connection.execute(CALLED.encode()).fetchall()}

    def called(self) -> set[str]:
        """Return every function that some judge calls."""
        return set().union(*self.calls.values())

    def order(self, mutant: Mutant) -> list[str]:
        """Return who is asked about a mutant: the quick before the slow, and last told before the others."""
        if mutant.subject not in self.orders:
            # A call that ends in a refusal is not counted, so those who seem not to call it are asked in the end.
            able = sorted(
                BEHAVIOUR,
                key=lambda name: (mutant.subject not in self.calls[name], self.court.pace[name]),
            )
            behave_first = mutant.part in {"function", "policy"} and mutant.subject not in {
                "turned",
                "execute",
                "closed",
            }
            self.orders[mutant.subject] = [*able, *CATALOGUE] if behave_first else [*CATALOGUE, *able]
        return self.orders[mutant.subject]

    def told_by(self, mutant: Mutant) -> str | None:
        """Return the judge that tells the mutant from what it should be, or None."""
        with self.court.hearing():
            self.court.change(mutant.sql)
            assert self._fingerprint(mutant.part) != self.whole[mutant.part], f"does not apply: {mutant}"
            order = self.order(mutant)
            for name in list(order):
                if self.finds(name):
                    order.remove(name)
                    order.insert(0, name)
                    return name
            # Who was not seen to call it may see it all the same: nobody survives unasked.
            return next((name for name in ALL if name not in order and self.finds(name)), None)

    def finds(self, name: str) -> bool:
        """Tell whether a judge finds anything; a database that cannot even be asked is told as well."""
        try:
            with self.court.connection.transaction(force_rollback=True):
                return next(ALL[name](self.court), None) is not None
        except psycopg.Error:
            return True
