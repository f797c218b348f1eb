import pytest
from postgrest import CountMethod, ReturnMethod

from shared.config import Settings
from shared.credentials import Credentials
from shared.database import Database
from shared.errors import Conflict, Unavailable, UpstreamFailed
from shared.gate import Door
from shared.values import Secret
from shared.visit import Visit
from tests.shared.upstream import Say, Upstream

PERSON = Credentials("person", "Authorization", Secret("Bearer a.b.c"))
VISIT = Visit(method="GET", path="/", request_id="request-0001", client_ip="203.0.113.9", agent="curl/8")


def test_a_query_goes_out_as_the_caller_and_comes_back_as_rows(settings: Settings, upstream: Upstream) -> None:
    door = Door(settings, VISIT, PERSON)
    upstream.script = [Say([{"id": 1}], headers={"Content-Range": "0-0/7"})]
    answer = (
        Database(door)
        .as_caller()
        .from_("profiles")
        .select("id", count=CountMethod.exact)
        .eq("name", "a&b=c d+é")
        .execute()
    )
    assert (answer.data, answer.count, door.trips) == ([{"id": 1}], 7, 1)
    asked = upstream.asked[0]
    assert asked.path == "/rest/v1/profiles?select=id&name=eq.a%26b%3Dc+d%2B%C3%A9"
    assert asked.headers["authorization"] == "Bearer a.b.c"
    assert asked.headers["apikey"] == settings.publishable_key
    assert asked.headers["accept-profile"] == "public"
    assert asked.headers["x-client-ip"] == "203.0.113.9"
    assert asked.headers["x-client-agent"] == "curl/8"
    assert "x-act-as" not in asked.headers


def test_a_call_as_a_role_goes_to_schema_backend(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [Say({"now": "x"})]
    database = Database(Door(settings, VISIT, PERSON))
    assert database.as_role("observer").rpc("health", {}).execute().data == {"now": "x"}
    asked = upstream.asked[0]
    assert (asked.headers["content-profile"], asked.headers["x-act-as"]) == ("backend", "observer")
    assert asked.json() == {}
    assert asked.headers["host"] == f"127.0.0.1:{upstream.port}"


def test_what_is_not_a_list_of_rows_is_read_too(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [
        Say({"id": 1}),
        Say([]),
        Say(raw=b"id\n1\n", headers={"Content-Type": "text/csv"}),
        Say(raw=b"", status=201),
        Say(raw=b"", status=204),
    ]
    client = Database(Door(settings, VISIT, PERSON)).as_caller()
    notes = client.from_("notes")
    assert notes.select("id").single().execute().data == {"id": 1}
    assert notes.select("id").maybe_single().execute() is None
    assert notes.select("id").csv().execute().data == "id\n1\n"
    assert notes.insert({"id": 2}, returning=ReturnMethod.minimal).execute().data == []
    assert client.rpc("forget", {"id": "2"}).execute().data == []
    asked = upstream.asked
    assert [each.headers.get("accept") for each in asked[:3]] == ["application/vnd.pgrst.object+json", None, "text/csv"]
    assert (asked[3].method, asked[3].json(), asked[3].headers["prefer"]) == ("POST", {"id": 2}, "return=minimal")


def test_a_redirection_is_no_answer(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [Say(raw=b"", status=302, headers={"Location": "https://example.com"})]
    with pytest.raises(UpstreamFailed):
        Database(Door(settings, VISIT, PERSON)).as_caller().from_("profiles").select("id").execute()


def test_the_client_holds_no_credentials(settings: Settings) -> None:
    client = Database(Door(settings, VISIT, PERSON)).as_caller()
    assert set(client.headers) == {"x-client-info", "accept-profile", "content-profile"}


def test_refusals_arrive_as_our_errors(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [Say({"code": "23505", "message": "duplicate key"}, status=409), Say(raw=b"", status=503)]
    client = Database(Door(settings, VISIT, PERSON)).as_caller()
    with pytest.raises(Conflict):
        client.from_("profiles").insert({"id": 1}).execute()
    with pytest.raises(Unavailable):
        client.from_("profiles").select("id").execute()
    assert len(upstream.asked) == 2, "a read that met 503 is not repeated with sleeps"


def test_an_absent_database_is_unavailable(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [Say(silent=True), Say(raw=b"cut", headers={"Content-Length": "9"}, hang_up=True)]
    client = Database(Door(settings, VISIT, PERSON)).as_caller()
    with pytest.raises(Unavailable):
        client.from_("profiles").select("id").execute()
    with pytest.raises(UpstreamFailed):
        client.from_("profiles").select("id").execute()
