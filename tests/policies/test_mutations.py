"""Proof of the proof: every mutant of the database is told from it by some judge."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from dev.stack import Stack
from tests.policies.conftest import opened
from tests.policies.court import Court
from tests.policies.handmade import handmade
from tests.policies.judges import BEHAVIOUR
from tests.policies.mutant import Mutant
from tests.policies.mutations import generated
from tests.policies.spared import SPARED
from tests.policies.trial import Trial

# Roles belong to the whole server, so one court alone changes them.
SHARED = {"role", "membership"}


@pytest.fixture(scope="module")
def courts(stack: Stack) -> Iterator[list[Court]]:
    """Two courts of their own, one for each core of a small machine."""
    with ExitStack() as open_courts:
        yield [open_courts.enter_context(opened(stack, name)) for name in ("mutants_1", "mutants_2")]


def shares(mutants: list[Mutant]) -> list[list[Mutant]]:
    """Return two halves; a subject stays in one court, which learns who tells it."""
    halves: list[list[Mutant]] = [[m for m in mutants if m.part in SHARED], []]
    subjects: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        if mutant.part not in SHARED:
            subjects.setdefault(mutant.subject, []).append(mutant)
    for group in sorted(subjects.values(), key=len, reverse=True):
        min(halves, key=len).extend(group)
    return halves


def try_all(court: Court, mutants: list[Mutant]) -> dict[str, str | None]:
    """Return who told each mutant, by name."""
    trial = Trial(court)
    uncalled = {
        mutant.subject for mutant in mutants if mutant.part == "function" and "." in mutant.subject
    } - trial.called()
    assert not uncalled, f"no judge calls {uncalled}"
    return {mutant.name: trial.told_by(mutant) for mutant in mutants}


@pytest.mark.timeout(1500)
def test_every_mutant_is_told(courts: list[Court], capsys: pytest.CaptureFixture[str]) -> None:
    mutants = [*handmade(courts[0]), *generated(courts[0])]
    with ThreadPoolExecutor(len(courts)) as pool:
        told: dict[str, str | None] = {}
        for half in pool.map(try_all, courts, shares(mutants)):
            told |= half
    survivors = {name for name, judge in told.items() if judge is None}
    behaving = sum(judge in BEHAVIOUR for judge in told.values())
    by_catalogue = len(told) - behaving - len(survivors)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(told)} mutants: {behaving} told by what the database does, {by_catalogue} by its catalogue,"
            f" {len(survivors)} spared with a reason\n"
        )
    assert len(told) == len(mutants), "two mutants of one name"
    unspared, told_after_all = sorted(survivors - set(SPARED)), sorted(set(SPARED) - survivors)
    assert not unspared, "nobody tells:\n" + "\n".join(unspared)
    assert not told_after_all, "spared, and told all the same:\n" + "\n".join(
        f"{name}, by {told.get(name, 'nobody: there is no such mutant')}" for name in told_after_all
    )
