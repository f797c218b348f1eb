"""Stories of plans: which one an organization and a person have, and what it includes."""

from tests.policies.story import AS_OWNER, Story, yes

HAS = "insert into private.organization_plans (org_id, plan) values ('{{{}}}', '{}')"
BELOW = "insert into private.plans (plan, rank) values ('trial', -1)"
INCLUDES = """
            free   pro    enterprise  none
free        yes    no     no          yes
pro         yes    yes    no          yes
enterprise  yes    yes    yes         yes
gone        no     no     no          yes
"""


def plan(name: str, of: str, due: str, before: str = "") -> Story:
    """Return a story of the plan that an organization or a person has."""
    return Story(f"plan: {name}", "nobody", AS_OWNER + yes(f"private.plan_{of} = '{due}'"), before=before)


def _includes() -> list[Story]:
    """Return a story for each cell of the screen, and one of a plan that there is not."""
    header, *rows = [line.split() for line in INCLUDES.strip().splitlines()]
    cells = [(row[0], wanted, word) for row in rows for wanted, word in zip(header, row[1:], strict=True)]
    found = []
    for held, wanted, word in [*cells, ("enterprise", "gone", "no")]:
        asked = "null" if wanted == "none" else f"'{wanted}'"
        claim = f"private.plan_includes('{held}', {asked}) is {'true' if word == 'yes' else 'false'}"
        found.append(Story(f"plan: {held} includes {wanted}: {word}", "nobody", AS_OWNER + yes(claim)))
    return found


STORIES = [
    plan("nothing is known", "of('{firm}')", "free"),
    plan("a plan is known", "of('{firm}')", "pro", HAS.format("firm", "pro")),
    plan("another's plan is known", "of('{firm}')", "free", HAS.format("small", "pro")),
    plan("the first plan is the lowest", "of('{firm}')", "trial", BELOW),
    plan("a person of no plan", "of_person('{admin}')", "free"),
    plan(
        "the best of a person's organizations",
        "of_person('{admin}')",
        "enterprise",
        f"{HAS.format('firm', 'pro')}; {HAS.format('small', 'enterprise')}",
    ),
    plan("one of a person's organizations", "of_person('{admin}')", "pro", HAS.format("firm", "pro")),
    plan("not a person's organization", "of_person('{admin}')", "free", HAS.format("alone", "enterprise")),
    plan("a person of the lowest plan", "of_person('{admin}')", "trial", BELOW),
    plan("a person in no organization", "of_person('{firm}')", "free"),
    plan("a person in no organization, and a lower plan", "of_person('{firm}')", "trial", BELOW),
    *_includes(),
]
