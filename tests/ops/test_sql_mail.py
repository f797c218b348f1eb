"""What operators see of mail, and how an address gets it again."""

import json
from uuid import uuid4

from dev.stack import Stack
from tests.ops.operator import operate, rows
from tests.world import World

SUPPRESS = (
    "insert into private.mail_suppressions (address_digest, reason, category)"
    " values (private.address_digest(%s), %s, %s)"
)
SUPPRESSED = "select count(*) from private.mail_suppressions where address_digest = private.address_digest(%s)"
NOTED = (
    "select after from audit_log where action = 'operator.allow_address'"
    " and subject = encode(private.address_digest(%s), 'hex')"
)


def test_an_address_gets_mail_again_and_no_other(stack: Stack, world: World) -> None:
    ann, bob = (f"{uuid4()}@example.com" for _ in range(2))
    for address in (ann, bob):
        world.run(SUPPRESS, address, "bounce", "all")
    world.run(SUPPRESS, ann, "unsubscribed", "invitations")
    ran = operate(stack, "--yes", "allow_address", f"address= {ann.upper()}", "reason=it works again")
    assert sorted((row["was"], row["category"], row["allowed_now"]) for row in rows(ran.stdout)) == [
        ("bounce", "all", "yes"),
        ("unsubscribed", "invitations", "yes"),
    ]
    assert (world.value(SUPPRESSED, ann), world.value(SUPPRESSED, bob)) == (0, 1)
    noted = world.value(NOTED, ann)
    assert noted == {"reason": "it works again", "was": ["bounce", "unsubscribed"]}
    assert ann not in json.dumps(noted)
    again = operate(stack, "--yes", "allow_address", f"address={ann}", "reason=x")
    assert (again.returncode, again.stderr) == (1, "There is nothing that this fits: nothing was changed.\n")


def test_how_mail_ended_is_counted(stack: Stack, world: World) -> None:
    effect = world.value(
        "insert into private.outbox (kind, dedupe_key, payload) values ('mail.test', %s, '{}') returning id",
        str(uuid4()),
    )
    for outcome, age in (("sent", 1), ("sent", 2), ("bounced", 1), (None, 1), ("sent", 8)):
        world.run(
            "insert into private.mail_deliveries (outbox_id, address_digest, outcome, created_at)"
            " values (%s, sha256(%s::text::bytea), %s, now() - make_interval(days => %s))",
            *(effect, str(uuid4()), outcome, age),
        )
    counted = {
        row["outcome"]: row["mails"]
        for row in rows(operate(stack, "mail_outcomes").stdout)
        if row["kind"] == "mail.test"
    }
    assert counted == {"sent": "2", "bounced": "1", "not sent yet": "1"}
    longer = rows(operate(stack, "mail_outcomes", "days=9").stdout)
    assert {"sent": "3"}.items() <= {
        row["outcome"]: row["mails"] for row in longer if row["kind"] == "mail.test"
    }.items()
    world.run("delete from private.outbox where id = %s", effect)
