"""Invitations, straight at the database: who may invite, and what accepting one takes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.world import Person, World

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def ask(rest: httpx.Client, world: World, function_key: str) -> Ask:
    """Call a function as a person, through our function where it is asked to."""

    def call(person: Person, function: str, *, through: bool = False, **arguments: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {world.sign(person.claims())}"}
        if through:
            headers["X-Function-Key"] = function_key
        return rest.post(
            f"/rpc/{function}", headers=headers, json={key: str(value) for key, value in arguments.items()}
        )

    return call


def later(world: World) -> None:
    """Let so much time pass that every mailbox may get another invitation."""
    world.run(
        "update private.invitation_sends set created_at = created_at - interval '1 day', goes_at = goes_at - interval '1 day'"
    )


def email_of(person: Person) -> str:
    return f"{person.id}@example.com"


def invite(
    ask: Ask, inviter: Person, organization: UUID, email: str, role: str = "member", token: str = ""
) -> httpx.Response:
    digest = sha256((token or str(uuid4())).encode()).hexdigest()
    return ask(
        *(inviter, "create_invitation"),
        through=True,
        org_id=organization,
        email=email,
        role=role,
        id=uuid4(),
        pepper_version=1,
        digest=digest,
    )


@pytest.mark.parametrize(
    ("actor", "role", "status"),
    [
        ("owner", "owner", 200),
        ("admin", "admin", 200),
        ("admin", "owner", 403),
        ("admin", "billing", 403),
        ("billing", "member", 403),
        ("member", "member", 403),
        ("outsider", "member", 404),
        ("owner", "emperor", 400),
    ],
)
def test_who_may_invite_to_which_role(ask: Ask, world: World, actor: str, role: str, status: int) -> None:
    organization = world.organization(world.person())
    inviter = world.person() if actor == "outsider" else world.member(organization, actor)
    assert invite(ask, inviter, organization, "guest@example.com", role).status_code == status


def test_an_invitation_writes_one_outbox_row_without_a_token(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    made = invite(ask, owner, organization, "Guest@Example.com", token="a secret token").json()
    assert made["email"] == "guest@example.com"
    payload = world.value("select payload from private.outbox where dedupe_key = %s", f"invitation:{made['id']}:1")
    assert payload == {"invitation_id": made["id"], "send": 1}
    assert ask(owner, "resend_invitation", invitation_id=made["id"]).status_code == 429
    later(world)
    assert ask(owner, "resend_invitation", invitation_id=made["id"]).json()["sends"] == 2
    assert (
        world.value("select count(*)::int from private.outbox where payload ->> 'invitation_id' = %s", made["id"]) == 2
    )


def test_inviting_goes_through_our_function_only(ask: Ask, world: World) -> None:
    owner = world.person()
    arguments = {
        "org_id": world.organization(owner),
        "email": "a@b.co",
        "role": "member",
        "id": uuid4(),
        "pepper_version": 1,
        "digest": "0" * 64,
    }
    assert ask(owner, "create_invitation", **arguments).json()["code"] == "PT403"


def test_an_account_shows_in_nothing_that_inviting_answers(ask: Ask, world: World) -> None:
    owner, known = world.person(), world.person()
    organization = world.organization(owner)
    answers = [invite(ask, owner, organization, email).json() for email in (email_of(known), "stranger@example.com")]
    varying = {"id", "email", "created_at", "updated_at", "expires_at"}
    told = [{name: value for name, value in answer.items() if name not in varying} for answer in answers]
    assert told[0] == told[1]


def test_accepting_takes_the_confirmed_address_and_works_once(ask: Ask, world: World) -> None:
    owner, guest = world.person(), world.person()
    organization = world.organization(owner)
    invite(ask, owner, organization, email_of(guest).upper(), "admin", token="once")
    assert ask(world.person(), "accept_invitation", token="once").status_code == 404
    assert ask(guest, "accept_invitation", token="wrong").status_code == 404
    world.run("update auth.users set email_confirmed_at = null where id = %s", guest.id)
    assert ask(guest, "accept_invitation", token="once").status_code == 404
    world.run("update auth.users set email_confirmed_at = now() where id = %s", guest.id)
    assert ask(guest, "accept_invitation", token="once").json()["role"] == "admin"
    assert ask(guest, "accept_invitation", token="once").status_code == 404


@pytest.mark.parametrize(
    "ending",
    [
        "update invitations set expires_at = now() where id = %s",
        "update invitations set revoked_at = now() where id = %s",
        (
            "update memberships set role = 'member' where user_id = (select invited_by from invitations where id = %s)"
            " and role = 'admin'"
        ),
        (
            "update memberships set role = 'billing' where role = 'admin'"
            " and user_id = (select invited_by from invitations where id = %s)"
        ),
        "update auth.users set banned_until = 'infinity' where id = (select invited_by from invitations where id = %s)",
        "delete from auth.users where id = (select invited_by from invitations where id = %s)",
    ],
)
def test_an_invitation_ends(ask: Ask, world: World, ending: str) -> None:
    organization, guest = world.organization(world.person()), world.person()
    inviter = world.member(organization, "admin")
    token = str(uuid4())
    invitation = world.invitation(inviter, organization, email_of(guest), "admin", token)
    world.run(ending, invitation)
    assert ask(guest, "accept_invitation", token=token).status_code == 404


def test_accepting_at_the_same_instant_joins_once(ask: Ask, world: World) -> None:
    owner = world.person()
    for _ in range(5):
        organization, guest, token = world.organization(owner), world.person(), str(uuid4())
        world.invitation(owner, organization, email_of(guest), token=token)
        with ThreadPoolExecutor(8) as pool:
            accepting = [pool.submit(ask, guest, "accept_invitation", token=token) for _ in range(8)]
        assert sorted(each.result().status_code for each in accepting) == [200] + [404] * 7


def test_a_member_keeps_their_role(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    admin = world.member(organization, "admin")
    world.invitation(owner, organization, email_of(admin), "member", "lower")
    assert ask(admin, "accept_invitation", token="lower").json()["role"] == "admin"


def test_an_address_has_one_open_invitation(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    made = invite(ask, owner, organization, "guest@example.com").json()
    assert invite(ask, owner, organization, "guest@example.com").status_code == 409
    revoked = [ask(owner, "revoke_invitation", invitation_id=made["id"]).json() for _ in range(2)]
    assert revoked[0]["revoked_at"]
    assert revoked[0] == revoked[1]
    assert ask(owner, "resend_invitation", invitation_id=made["id"]).status_code == 409
    assert invite(ask, owner, organization, "guest@example.com").status_code == 429
    later(world)
    assert invite(ask, owner, organization, "guest@example.com").is_success


def test_one_mailbox_gets_five_invitations_a_day_an_hour_apart_whoever_sends_them(ask: Ask, world: World) -> None:
    owners = [world.person() for _ in range(7)]
    made = [
        invite(ask, owner, world.organization(owner), f"{'.'.join('victim')}+{number}@mailbox.example")
        for number, owner in enumerate(owners)
    ]
    assert {(each.status_code, each.json()["sends"]) for each in made} == {(200, 1)}
    due = world.connection.execute(
        "select round(extract(epoch from j.run_at - now()) / 3600)::int from private.jobs as j"
        " inner join private.outbox as o on o.id = (j.payload ->> 'outbox_id')::uuid"
        " where o.payload ->> 'invitation_id' = any(%s) order by j.run_at",
        [[each.json()["id"] for each in made]],
    )
    assert [row[0] for row in due] == [0, 1, 2, 3, 4]


def test_nobody_joins_a_personal_organization(ask: Ask, world: World) -> None:
    person = world.person()
    assert invite(ask, person, person.personal_org, "guest@example.com").status_code == 409


def test_an_organization_sends_no_more_than_its_quota_a_day(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    world.run("insert into private.invitation_sends (org_id) select %s from generate_series(1, 49)", organization)
    made = invite(ask, owner, organization, "last@example.com")
    assert made.is_success
    assert invite(ask, owner, organization, "more@example.com").status_code == 429
    assert ask(owner, "resend_invitation", invitation_id=made.json()["id"]).status_code == 429


@pytest.mark.parametrize("email", ["", "x", "@", "a@b", "a b@c.de", "a@b@c.de", "a@b.c\n", "x" * 250 + "@a.de"])
def test_what_is_no_address_is_refused(ask: Ask, world: World, email: str) -> None:
    owner = world.person()
    answer = invite(ask, owner, world.organization(owner), email)
    assert (answer.status_code, answer.json()["code"]) == (400, "23514")


def test_strangers_manage_nobodys_invitations(ask: Ask, world: World) -> None:
    owner = world.person()
    invitation = world.invitation(owner, world.organization(owner), "guest@example.com")
    for function in ("resend_invitation", "revoke_invitation"):
        assert ask(world.person(), function, invitation_id=invitation).status_code == 404


def test_nobody_gets_around_the_quota_with_organizations_that_come_and_go(ask: Ask, world: World) -> None:
    owner = world.person()
    for _ in range(2):
        organization = world.organization(owner)
        world.run(
            "insert into private.invitation_sends (org_id, sender) select %s, %s from generate_series(1, 50)",
            *(organization, owner.id),
        )
        world.run("delete from organizations where id = %s", organization)
    assert invite(ask, owner, world.organization(owner), "more@example.com").status_code == 429
