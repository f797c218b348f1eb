"""Every judge by name: a function that tells what does not hold in a database. The ordinary tests and the mutation run call the same."""

from collections.abc import Callable, Iterator
from functools import partial

from tests.policies import (
    access,
    account_stories,
    gatecases,
    hook_stories,
    invitation_stories,
    key_stories,
    keycases,
    member_stories,
    opens,
    reach,
    rights,
    rules,
    seal_stories,
    shape,
    staff_stories,
    standing,
    story,
    trail_stories,
)
from tests.policies.court import Court

Judge = Callable[[Court], Iterator[str]]

BEHAVIOUR: dict[str, Judge] = {
    **{f"access to {table}": partial(access.judge, table=table) for table in reach.WHOSE},
    **{f"reach in {table}": partial(reach.judge, table=table) for table in reach.WHOSE},
    "standing": standing.judge,
    "keys": keycases.judge,
    "gate": gatecases.judge,
    "members": partial(story.judge, stories=member_stories.STORIES),
    "making keys": partial(story.judge, stories=key_stories.STORIES),
    "invitations": partial(story.judge, stories=invitation_stories.STORIES),
    "account": partial(story.judge, stories=account_stories.STORIES),
    "staff": partial(story.judge, stories=staff_stories.STORIES),
    "hooks": partial(story.judge, stories=hook_stories.STORIES),
    "trail": partial(story.judge, stories=trail_stories.STORIES),
    "seals": partial(story.judge, stories=seal_stories.STORIES),
    "keys of one scope": opens.judge_keys,
    "people of one permission": opens.judge_people,
    "frozen organizations": opens.judge_frozen,
    "second factor": opens.judge_second_factor,
}

CATALOGUE: dict[str, Judge] = {
    "rights": rights.judge,
    "roles": rights.judge_roles,
    "rules": rules.judge,
    "shape": shape.judge,
    "permissions": opens.judge_roles,
}
ALL = BEHAVIOUR | CATALOGUE
