"""Stories of mailboxes that invitations go to: five a day, an hour apart, and what of that the sender is told."""

from tests.policies.invitation_stories import DIGEST, FOR, INVITE, RESEND
from tests.policies.story import Story

INVITED = INVITE.format("x@example.com", "member", DIGEST)
BOX = "sha256('x@example.com')"
WENT = "insert into private.invitation_sends (org_id, mailbox, created_at, goes_at) select {org}, {box}, {at}, {goes} from generate_series(1, {many})"
HOUR, DAY = "now() - interval '1 hour'", "now() - interval '24 hours'"
TEN = "now() - interval '10 minutes'"
LATER = " + interval '1 microsecond'"


def went(goes: str, many: int = 1, *, org: str = "'{small}'", box: str = BOX, at: str = HOUR) -> str:
    """Return the statement that has invitations gone to a mailbox."""
    return WENT.format(org=org, box=box, at=at, goes=goes, many=many)


def goes(name: str, *before: str, at: str | None, address: str = "x@example.com") -> Story:
    """Return a story of an invitation that is made: when its mail goes, if it does."""
    noted = f"org_id = '{{firm}}' and sender = '{{owner}}' and mailbox = {BOX} and goes_at is not distinct from {at or 'null'}"
    sent = f"count(*) = {int(at is not None)} and bool_and(due_at = {at or 'null'}) is not false"
    then = (
        f"select (select count(*) = 1 and bool_and({noted}) from private.invitation_sends where created_at = now())"
        f" and (select {sent} from private.outbox where kind = 'mail.invitation')"
    )
    act = INVITE.format(address, "member", DIGEST)
    return Story(f"a mailbox: {name}", "owner", act, before="; ".join(before), then=then, function="auth")


def too_soon(name: str, before: str, state: str) -> Story:
    """Return a story of an invitation soon after one of the same organization."""
    says = "within the last 10 minutes" if state else ""
    return Story(f"too soon: {name}", "owner", INVITED, state, before, function="auth", says=says)


STORIES = [
    goes("the first", at="now()"),
    goes("an hour after the last", went(HOUR), at="now()"),
    goes("sooner after the last", went(HOUR + LATER), at="now()" + LATER),
    goes("behind what waits", went("now() + interval '2 hours'"), went(HOUR), at="now() + interval '3 hours'"),
    goes("others' are not counted", went("now()", 5, box="sha256('y@example.com')"), at="now()"),
    goes("the fifth of the day", went(HOUR, 4), at="now()"),
    goes("one too many today", went(HOUR, 5), at=None),
    goes("as many yesterday", went(DAY, 5), at="now()"),
    goes("as many since just less than a day", went(DAY + LATER, 5), at=None),
    goes("what did not go is not counted", went("null", 5), at="now()"),
    goes("of another spelling", went(HOUR, 5), at=None, address="X+news.letter+1@example.com"),
    goes("with dots", went(HOUR, 5), at=None, address=".x.@example.com"),
    too_soon("ten minutes later", went("null", org="'{firm}'", at=TEN), ""),
    too_soon("sooner", went("null", org="'{firm}'", at=TEN + LATER), "PT429"),
    too_soon("of another organization", went("null", at=TEN + LATER), ""),
    too_soon("to another mailbox", went("null", org="'{firm}'", box="sha256('y@example.com')", at="now()"), ""),
    Story(
        "too soon: sent again",
        "admin2",
        RESEND.format("{invitation}"),
        "PT429",
        FOR.format(1) + "; " + went("null", org="'{firm}'", at=TEN + LATER),
        says="within the last 10 minutes",
    ),
]
