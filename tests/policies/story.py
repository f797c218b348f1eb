"""A story: what somebody tries in a firm, what they are told, and what is so afterwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.policies.cast import Caller
from tests.policies.court import Court
from tests.policies.firm import Firm

# Marks the moment: who locks a row afterwards has a higher transaction number than this row.
TICK = "update private.settings set description = 'x' where name = 'invitations_per_day'"
LOCKS = "select bool_and((xmax::text::bigint > (select s.xmin::text::bigint from private.settings as s where s.name = 'invitations_per_day')) = (id = '{firm}')) from organizations"

AS_OWNER = "set local session authorization postgres; "


def yes(claim: str, source: str = "(select) as nothing") -> str:
    """Return a statement that fails unless the claim is true of every row of the source, and there is one."""
    return f"select 1 / coalesce(bool_and({claim}), false)::int from {source}"


@dataclass(frozen=True)
class Story:
    """One act. Names in braces stand for ids of the firm; `state` is empty where the act goes through."""

    name: str
    actor: str
    act: str
    state: str = ""
    before: str = ""
    then: str = ""
    function: str = ""
    role: str = "authenticated"
    aal: str = "aal1"
    says: str = ""


def caller_of(firm: Firm, story: Story) -> Caller:
    """Return who acts: a person, a key, or nobody."""
    if story.actor in firm.keys:
        return Caller(story.role, firm.keys[story.actor].claims())
    if story.actor in firm.people:
        return Caller(story.role, firm.people[story.actor].claims(aal=story.aal))
    return Caller(story.role, {"role": "anon"})


def judge(court: Court, stories: Iterable[Story]) -> Iterator[str]:
    """Tell of every story that ends otherwise."""
    firm = court.firm
    names: dict[str, Any] = firm.names()
    for story in stories:
        with court.meanwhile(*filter(None, [story.before.format(**names)])):
            act = story.act.format(**names)
            outcome = court.ask(
                caller_of(firm, story), act.replace("{", "{{").replace("}", "}}"), function=story.function, keep=True
            )
            if outcome.state != story.state or story.says not in f"{outcome.message} {outcome.detail}":
                yield f"{story.name}: {outcome.state} {outcome.message}"
            elif "select 1 / " in act and not outcome.state and outcome.value is None:
                # What divides by a claim fails where it is false; where it is null, nothing was told.
                yield f"{story.name}: neither true nor false"
            elif story.then and court.world.connection.execute(story.then.format(**names).encode()).fetchone() != (
                True,
            ):
                yield f"{story.name}: not so: {story.then}"
