import pytest

from functions.auth import invitations
from shared import tokens
from shared.config import settings
from tests.functions.deployed import Ask
from tests.world import World


def test_an_invitation_is_sent_listed_and_accepted(ask: Ask, world: World) -> None:
    owner, guest = world.person(), world.person()
    organization = str(world.organization(owner))
    body = {"orgId": organization, "email": f" {str(guest.id).upper()}@Example.com ", "role": "admin"}
    made = ask(invitations.app, "POST", "/auth/invitations", owner, body)
    assert made.status == 201
    invitation = made.json()["data"]
    assert (invitation["email"], invitation["sends"]) == (f"{guest.id}@example.com", 1)
    assert ask(invitations.app, "GET", "/auth/invitations", owner).json()["data"]["items"] == [invitation]

    # Not at once: the first mail is still on its way.
    assert ask(invitations.app, "POST", f"/auth/invitations/{invitation['id']}/resend", owner).status == 429
    world.run(
        "update private.invitation_sends set created_at = now() - interval '10 minutes' where sender = %s", owner.id
    )
    again = ask(invitations.app, "POST", f"/auth/invitations/{invitation['id']}/resend", owner)
    assert again.json()["data"]["sends"] == 2
    # The mail's sender derives the token again from what the outbox row names.
    token = tokens.derive("invitation", invitation["id"], settings().peppers[0])
    assert token not in made.body.decode() + again.body.decode()
    accepted = ask(invitations.app, "POST", "/auth/invitations/accept", guest, {"token": token})
    assert (accepted.json()["data"]["orgId"], accepted.json()["data"]["role"]) == (organization, "admin")
    assert ask(invitations.app, "POST", "/auth/invitations/accept", guest, {"token": token}).status == 404


def test_a_revoked_invitation_lets_nobody_in(ask: Ask, world: World) -> None:
    owner, guest = world.person(), world.person()
    body = {"orgId": str(world.organization(owner)), "email": f"{guest.id}@example.com", "role": "member"}
    invitation = ask(invitations.app, "POST", "/auth/invitations", owner, body).json()["data"]
    revoked = ask(invitations.app, "DELETE", f"/auth/invitations/{invitation['id']}", owner)
    assert revoked.json()["data"]["revokedAt"]
    token = tokens.derive("invitation", invitation["id"], settings().peppers[0])
    assert ask(invitations.app, "POST", "/auth/invitations/accept", guest, {"token": token}).status == 404


UNMAILABLE = ('"a"@b.co', "<a@b.co>", "a@[127.0.0.1]", "kİ@b.co", "a,b@c.de", "a@b.c_d", "a..b@c.de", "Ann<a@b.co")


@pytest.mark.parametrize(
    "email", ["nomail", "a b@x y", "@x.y", "a@", "a\u00a0b@x.y", f"{'x' * 251}@x.y", f"{'İ' * 250}@x.y", *UNMAILABLE]
)
def test_what_is_no_address_is_told_by_its_field(ask: Ask, world: World, email: str) -> None:
    owner = world.person()
    body = {"orgId": str(world.organization(owner)), "email": email, "role": "member"}
    answer = ask(invitations.app, "POST", "/auth/invitations", owner, body)
    assert (answer.status, [detail["field"] for detail in answer.details]) == (400, ["email"])


def test_bad_input_is_refused(ask: Ask, world: World) -> None:
    owner = world.person()
    good = {"orgId": str(world.organization(owner)), "email": "guest@example.com", "role": "member"}
    for change in (
        {"email": "nobody"},
        {"email": 5},
        {"role": "Emperor!"},
        {"role": "emperor"},
        {"orgId": "x"},
        {"token": "x"},
    ):
        assert ask(invitations.app, "POST", "/auth/invitations", owner, good | change).status == 400
    assert ask(invitations.app, "POST", "/auth/invitations", world.person(), good).status == 404
    assert ask(invitations.app, "POST", "/auth/invitations", None, good).status == 401
