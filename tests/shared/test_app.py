"""The pipeline around a body, through the ASGI app."""

import json

import pytest

from shared.app import App, build
from shared.config import Misconfigured, Settings
from shared.endpoint import Endpoint
from shared.principal import PERSON
from tests.shared.asgi import JSON_TYPE, ask
from tests.shared.fixtures import BEARER, ENVIRONMENT, JWT, KEY_ID, ORG_ID, PERSON_ID
from tests.shared.loop import LOOP
from tests.shared.sample import ALWAYS, APP, ENDPOINTS, KEY_HEADER, ORIGIN, admit, call, post, whoami
from tests.shared.upstream import Json


def test_options_asks_nobody_and_lists_the_methods() -> None:
    answer = call("OPTIONS", "/functions/v1/me", ORIGIN, ("Access-Control-Request-Method", "GET"))
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert answer.headers.items() >= ALWAYS.items()
    assert "access-control-allow-methods" not in call("OPTIONS", "/me").headers
    assert call("OPTIONS", "/nowhere", ORIGIN).status == 404


def test_a_method_that_is_not_there_is_answered_with_those_that_are() -> None:
    assert call("PATCH", "/notes").headers["allow"] == "OPTIONS, POST, PUT"


def test_the_base_path_and_aliases_lead_to_the_same_endpoint() -> None:
    for path in ("/open", "/functions/v1/open", "/functions/v1/open_alias", "/open_alias"):
        assert call("GET", path).json()["data"] == {"ip": "203.0.113.9"}
    for path in ("/open/", "/functions/v1", "/functions/v1/functions/v1/open", "", "/OPEN"):
        assert call("GET", path).status == 404


def test_head_is_get_without_its_body() -> None:
    answer = call("HEAD", "/open")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0
    assert call("HEAD", "/notes").status == 405


@pytest.mark.parametrize("given", ["12345678", "a-B" * 20])
def test_a_good_request_id_is_kept(given: str) -> None:
    assert call("GET", "/open", ("X-Request-Id", given)).json()["requestId"] == given


@pytest.mark.parametrize("given", ["short", "a" * 65, "with space", 'quote"quote', "new\nline", "ünicode-", ""])
def test_another_request_id_is_replaced(given: str) -> None:
    answer = call("GET", "/open", ("X-Request-Id", given))
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


def test_the_client_address_is_the_gateway_s_and_not_a_header() -> None:
    answer = call("GET", "/open", ("X-Forwarded-For", "198.51.100.7"), ("X-Client-Ip", "198.51.100.7"))
    assert answer.json()["data"] == {"ip": "203.0.113.9"}
    assert call("GET", "/open", client=None).json()["data"] == {"ip": None}


def test_declared_and_streamed_bodies_have_one_limit() -> None:
    assert call("POST", "/notes", JSON_TYPE, ("Content-Length", "65537")).code == "PAYLOAD_TOO_LARGE"
    assert call("POST", "/notes", JSON_TYPE, ("Content-Length", "9" * 5000)).code == "PAYLOAD_TOO_LARGE"
    assert call("POST", "/notes", JSON_TYPE, ("Content-Length", "-1")).code == "VALIDATION_ERROR"
    assert call("POST", "/notes", JSON_TYPE, body=[b" " * 30_000] * 3).code == "PAYLOAD_TOO_LARGE"
    assert call("POST", "/notes", JSON_TYPE, ("Content-Length", "12"), body=b'{"text":"x"}').status == 201
    exact = b'{"text":"' + b"x" * (65_536 - 11) + b'"}'
    assert post(exact).status == 201
    assert call("POST", "/notes", JSON_TYPE, body=[exact[:9], exact[9:]]).status == 201


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])
def test_json_may_say_its_charset(kind: str) -> None:
    assert post(b'{"text":"x"}', ("Content-Type", kind)).status == 201


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/json; charset=latin-1", "application/jsonp", "application/x-www-form-urlencoded", ""],
)
def test_what_is_not_json_is_refused(kind: str) -> None:
    assert post(b'{"text":"x"}', ("Content-Type", kind)).code == "UNSUPPORTED_MEDIA_TYPE"


def test_no_body_is_a_body_without_fields() -> None:
    assert post(b"").details == [{"field": "text", "problem": "This field is required."}]


def test_unknown_repeated_and_misplaced_parameters_are_refused() -> None:
    for path, query in (("/open", b"a=1"), ("/me", b"a=1"), ("/open", b"a=1&a=2")):
        assert call("GET", path, BEARER, query=query).code == "VALIDATION_ERROR"
    assert call("POST", "/notes", JSON_TYPE, body=b'{"text":"x"}', query=b"text=y").code == "VALIDATION_ERROR"
    assert call("GET", "/open", body=b"{}").code == "VALIDATION_ERROR"


def test_a_huge_number_is_a_refusal_and_not_a_fault() -> None:
    assert post(b'{"text":' + b"9" * 6000 + b"}").code == "VALIDATION_ERROR"


def test_input_is_never_echoed() -> None:
    for body in (b'{"text":{"password":"hunter22"}}', b'{"hunter22 ":1}', b'"hunter22"', b'{"text":"hunter22"'):
        assert b"hunter22" not in post(body).body


def test_people_and_keys_are_told_apart() -> None:
    assert call("GET", "/me", BEARER).json()["data"]["kind"] == "person"
    assert call("GET", "/me", KEY_HEADER).json()["data"]["kind"] == "key"
    refused = call("POST", "/people", KEY_HEADER)
    assert (refused.status, refused.code) == (403, "AUTHORIZATION_ERROR")


def test_who_is_not_known_is_told_how_to_be() -> None:
    answer = call("GET", "/me")
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert "X-API-Key" in answer.message


def test_path_parameters_have_their_type() -> None:
    assert call("DELETE", f"/notes/{PERSON_ID}").json()["data"] == {"id": PERSON_ID}
    assert call("DELETE", "/notes/1").status == 404


def test_details_are_passed_on_and_causes_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call("PUT", "/notes", JSON_TYPE, body=b'{"text":"Hunter 22"}')
    assert answer.details == [{"field": "text", "problem": "is taken"}]
    assert "Hunter 22" not in answer.body.decode() + capsys.readouterr().out


def test_an_unknown_error_is_logged_with_its_stack_and_answered_without(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call("GET", "/broken")
    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert "RuntimeError" not in answer.body.decode()
    fault, request = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert fault["error"] == "RuntimeError"
    assert "in fail" in fault["stack"]
    assert JWT not in str(fault)
    assert fault["requestId"] == request["requestId"] == answer.json()["requestId"]


@pytest.mark.parametrize("path", ["/liar", "/lonely"])
def test_a_body_that_breaks_its_declaration_is_our_fault(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("GET", path).code == "INTERNAL_ERROR"
    assert "cause" in capsys.readouterr().out


def test_each_request_writes_one_line_without_what_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    call("DELETE", f"/functions/v1/notes/{PERSON_ID}", ("User-Agent", "somebody@example.com"), query=b"")
    call("GET", "/me", KEY_HEADER, ("traceparent", f"00-{'a' * 32}-{'b' * 16}-01"))
    call("GET", "/me?token=hunter22", query=b"token=hunter22")
    written = capsys.readouterr().out
    deleted, me, lost = [json.loads(line) for line in written.splitlines()]
    assert deleted.items() >= {"method": "DELETE", "route": "/notes/{id:uuid}", "status": 200, "trips": 0}.items()
    assert deleted["durationMs"] >= 0
    assert (
        me.items()
        >= {
            "principal": "key",
            "keyId": KEY_ID,
            "userId": PERSON_ID,
            "orgId": ORG_ID,
            "release": "tested",
            "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        }.items()
    )
    assert (lost["status"], lost["code"], "route" in lost) == (404, "NOT_FOUND", False)
    for sent in (PERSON_ID + "?", "somebody@", "hunter22", KEY_HEADER[1]):
        assert sent not in written


def test_a_function_without_settings_still_answers_in_the_envelope(capsys: pytest.CaptureFixture[str]) -> None:
    def settings() -> Settings:
        raise Misconfigured("FUNCTION_KEY is not set")

    answer = ask(build(ENDPOINTS, admit=admit, settings=settings), "GET", "/open")
    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert answer.headers.items() >= ALWAYS.items()
    assert "FUNCTION_KEY" not in answer.message
    assert "FUNCTION_KEY is not set" in capsys.readouterr().out


def test_a_function_without_peppers_names_them_in_its_log_when_a_key_comes(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.read(ENVIRONMENT | {"API_KEY_PEPPERS": ""})
    app = build(ENDPOINTS, admit=admit, settings=lambda: settings)
    assert ask(app, "GET", "/me", [BEARER]).status == 200
    assert ask(app, "POST", "/people", [KEY_HEADER]).status == 403
    assert "API_KEY_PEPPERS" not in capsys.readouterr().out
    answer = ask(app, "GET", "/me", [KEY_HEADER])
    assert (answer.status, "PEPPERS" in answer.message) == (500, False)
    assert "API_KEY_PEPPERS is not set" in capsys.readouterr().out


def test_preload_is_a_setting() -> None:
    settings = Settings.read(ENVIRONMENT | {"HSTS_PRELOAD": "true"})
    answer = ask(build(ENDPOINTS, admit=admit, settings=lambda: settings), "GET", "/open")
    assert answer.headers["strict-transport-security"].endswith("; preload")


def test_an_app_that_could_let_anyone_in_is_not_built() -> None:
    with pytest.raises(ValueError, match="admit"):
        build([Endpoint("GET", "/me", whoami, PERSON)])
    with pytest.raises(ValueError, match="two endpoints"):
        build([Endpoint("GET", "/a", whoami), Endpoint("GET", "/b", whoami, aliases=("/a",))])


def test_only_http_is_served() -> None:

    async def nothing(*_: object) -> Json:
        raise AssertionError

    with pytest.raises(NotImplementedError):
        LOOP.run_until_complete(App.__call__(APP, {"type": "websocket"}, nothing, nothing))
