from datetime import date

from shared.app import App, build
from shared.endpoint import Answer, Call, Endpoint, Raw
from tests.shared.asgi import ask
from tests.shared.sample import SETTINGS


def serve(*endpoints: Endpoint) -> App:
    return build(endpoints, settings=lambda: SETTINGS)


def test_an_endpoint_that_will_go_says_so_on_every_answer() -> None:
    def old(_: Call) -> dict[str, str]:
        return {}

    app = serve(Endpoint("GET", "/old", old, deprecated=date(2026, 11, 1), sunset=date(2027, 5, 1)))
    for query in (b"", b"unknown=1"):
        answer = ask(app, "GET", "/old", query=query)
        assert answer.headers["deprecation"] == "@1793491200"
        assert answer.headers["sunset"] == "Sat, 01 May 2027 00:00:00 GMT"
    assert "deprecation" not in ask(app, "GET", "/other").headers


def test_an_answer_of_its_own_form_keeps_our_headers() -> None:
    def page(_: Call) -> Answer:
        return Answer(b"<p>", "text/html", {"Cache-Control": "public", "ETag": '"1"'}, status=203)

    answer = ask(serve(Endpoint("GET", "/page", page, gives=Answer)), "GET", "/page")
    assert (answer.status, answer.body, answer.headers["cache-control"]) == (203, b"<p>", "public")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_raw_body_comes_byte_for_byte_and_within_its_own_limit() -> None:
    seen: list[bytes] = []

    def take(_: Call, raw: Raw) -> dict[str, str]:
        seen.append(bytes(raw))
        return {}

    app = serve(Endpoint("POST", "/hook", take, takes=Raw, largest=100_000))
    sent = b'{ "a":1, "a":2 }\n'
    assert ask(app, "POST", "/hook", body=sent).status == 200
    assert ask(app, "POST", "/hook", body=b"").status == 200
    assert seen == [sent, b""]
    assert ask(app, "POST", "/hook", body=b"x" * 100_001).status == 413
    assert ask(app, "POST", "/hook", body=b"x" * 100_000).status == 200
