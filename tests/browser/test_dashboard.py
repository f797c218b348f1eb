"""The staff's dashboard in a real browser, against the run's real stack."""

import httpx
import pytest

from dev.stack import Stack
from tests.browser.conftest import Look, Visit
from tests.world import World


@pytest.mark.usefixtures("hostile")
def test_the_metrics_token_shows_what_was_served(look: Look, functions: httpx.Client, world: World) -> None:
    bearer = {"Authorization": f"Bearer {world.sign(world.person().claims())}"}
    for _ in range(12):
        assert functions.get("/auth/profile", headers=bearer).status_code == 200
    saw = look("dashboard.mjs", "token")
    assert saw["console"] == []
    seen = saw["seen"]
    # The last one waits for the next admission.
    assert int(seen["total"].replace(",", "")) >= 11
    assert (seen["rows"], seen["spans"]) == (
        60,
        {"1h": ["requests per minute", 60], "24h": ["requests per 15 minutes", 96], "30d": ["requests per day", 30]},
    )
    assert {"Database", "Auth", "Queue", "Migrations"} <= set(seen["parts"])
    assert seen["state"]
    assert seen["freshness"].startswith("As of ")
    assert seen["revenue"].startswith("Revenue")
    assert "Waiting" in seen["inbox"]
    assert (seen["messages"], seen["note"]) == (["tests"], "sign in as staff to read what clients wrote")


def test_nothing_that_lets_anybody_in_is_kept(look: Look) -> None:
    assert look("dashboard.mjs", "token")["seen"]["stored"] == [{"cookies": [], "origins": []}, [0, 0]]


def test_values_are_reached_by_keyboard_and_pointer(look: Look) -> None:
    seen = look("dashboard.mjs", "keyboard")["seen"]
    assert "so far, Answered " in seen["last"]
    assert "Answered" in seen["tip"]
    assert "so far" not in seen["before"]
    assert len({seen["last"], seen["before"], seen["first"]}) == 3
    assert seen["gone"] is True
    assert "p95" in seen["hovered"]


def test_it_asks_every_15_seconds_and_not_in_a_hidden_tab(look: Look) -> None:
    assert look("dashboard.mjs", "pace")["seen"] == {
        "shown": 4,
        "hidden": 0,
        "again": 1,
        # 30 days are asked for each 5 minutes; what failed, after 15 seconds.
        "monthly": 0,
        "failed": 4,
    }


def test_what_is_ill_is_asked_again_soon_and_the_header_follows(look: Look) -> None:
    seen = look("dashboard.mjs", "outage")["seen"]
    assert "Does not work" in seen["down"]
    assert (seen["whileIll"], seen["whileUnknown"]) == (4, 4)
    state, card = seen["up"]
    assert state not in {"The service does not work", "State not known"}
    assert "Auth" in card
    assert seen["after"] == state


def test_it_fits_a_phone_and_the_dark(look: Look) -> None:
    seen = look("dashboard.mjs", "looks")["seen"]
    assert seen["narrow"] == {"360": [360, 360], "768": [768, 768], "1280": [1280, 1280]}
    assert seen["light"] != seen["dark"]
    assert (seen["transition"], seen["font"]) == ("0s", "tabular-nums")


def test_revenue_is_drawn_as_soon_as_it_is_recorded(look: Look) -> None:
    shown = look("dashboard.mjs", "money")["seen"]
    assert "$315.00" in shown
    assert "¥15,000" in shown


def test_text_that_became_markup_would_run_nothing(visit: Visit, stack: Stack) -> None:
    told = {"page": f"{stack.functions_url}/core/dashboard", "token": stack.keyring.metrics_token}
    saw = visit("dashboard.mjs", "attack", **told)
    refused = saw["seen"]["refused"]
    assert (refused["markup"], refused["inline"], saw["seen"]["sent"]) == ("TypeError",) * 3
    assert saw["dialogs"] == []
    assert set(saw["blocked"]) == {"http://127.0.0.1:9/spy csp"}
    violated = {said.split()[0] for said in saw["violations"]}
    assert {"img-src", "connect-src", "style-src-attr", "require-trusted-types-for"} <= violated
