"""The dashboard's door in a real browser: who gets in, and what is said to whoever does not."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import HOSTILE, Look
from tests.world import Person, World


def test_another_token_is_refused_in_words(look: Look) -> None:
    assert look("door.mjs", "wrongToken")["seen"] == "This is not the metrics token of this deployment."


@pytest.mark.usefixtures("hostile")
def test_staff_sign_in_by_password_and_code_and_stay_signed_in(
    look: Look, colleague: Person, token_of: Callable[[Person], str]
) -> None:
    half, *whole = (token_of(colleague) for _ in range(12))
    # A token that ends within a minute is renewed before each use.
    seen = look("door.mjs", "person", tokens=[half, *whole], lifetime=50)["seen"]
    assert seen["wrong"] == "The e-mail address or the password is not right."
    assert seen["mistyped"] == "This code is not right. Wait for the next one and try again."
    assert (seen["messages"], seen["images"], seen["who"]) == ([HOSTILE], 0, "grace@example.com")
    assert len(seen["bearers"]) >= 2
    assert len(set(seen["bearers"])) == len(seen["bearers"])
    # What was issued for the password alone is never shown to us, and nothing but a renewed token is.
    assert not {half, whole[0]} & set(seen["bearers"])
    assert len(seen["auth"]["signedOut"]) == 1
    assert "".join(seen["left"]).strip() == ""


def test_each_refusal_at_the_door_is_a_sentence(look: Look, world: World, token_of: Callable[[Person], str]) -> None:
    person = world.person()
    seen = look("door.mjs", "refusals", tokens=[token_of(person)], stranger=token_of(person), hostile=HOSTILE)["seen"]
    assert seen == {
        "noFactor": "Your account has no authenticator app, and this page needs one."
        " Enrol it in your account's settings, then sign in again.",
        "authDown": "Sign-in is not available just now. Try again in a minute.",
        "authUnreached": "The server cannot be reached.",
        "tooMany": "There were too many attempts. Wait a few minutes and try again.",
        "ours": HOSTILE,
        "notStaff": "You are signed in, but this page is for staff. Ask an administrator to add you.",
    }


def test_what_goes_wrong_later_is_said_and_the_numbers_stay(
    look: Look, colleague: Person, token_of: Callable[[Person], str]
) -> None:
    seen = look("door.mjs", "troubles", tokens=[token_of(colleague)])["seen"]
    for name, said in (("offline", "You are offline."), ("unavailable", "The service is not available just now.")):
        assert seen[name][0].startswith(f"{said} These numbers are of ")
        assert seen[name][1] == seen["total"]
    assert seen["ill"][0] == "The service does not work"
    assert "did not answer in time" in seen["ill"][1]
    assert seen["ended"] == "Your session has ended. Sign in again."
    assert seen["behind"].strip() == ""


def test_a_code_that_was_good_is_not_asked_for_again(
    look: Look, colleague: Person, token_of: Callable[[Person], str]
) -> None:
    seen = look("door.mjs", "again", tokens=[token_of(colleague)])["seen"]
    assert seen == {"said": "The service is not available just now.", "verified": 1}
