import http.server
import json
import subprocess
import threading
from collections.abc import Iterator

import httpx
import pytest

from dev import packages, ports, probes
from dev.children import Children
from dev.folder import Folder
from dev.keyring import Keyring
from dev.node import start
from dev.ports import Ports
from dev.project import Project

KEYRING = Keyring()


class Echo(http.server.BaseHTTPRequestHandler):
    """Stands for PostgREST and for a function: answers with what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        text = json.dumps({"path": self.path, "headers": self.headers.items(), "body": body}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Access-Control-Allow-Origin", "http://of.the.function")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST  # noqa: N815 - the name is http.server's

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = Folder(tmp_path_factory.mktemp("gateway"))
    folder.prepare()
    children, first = Children(folder), Ports(ports.free_block())
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", port), Echo) for port in (first.postgrest, first.unit(0))]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    units = {"auth": first.unit(0), "core": first.unit(1)}  # nobody listens for core
    gateway = start(children, first, KEYRING, Project(), units, lite_dsn=None, reload=False)
    probes.wait_until_answers(gateway, f"http://127.0.0.1:{first.gateway}/", any_status=True)
    with httpx.Client(base_url=f"http://127.0.0.1:{first.gateway}") as client:
        yield client
    children.stop_all()
    for server in servers:
        server.shutdown()
        server.server_close()


def seen(answer: httpx.Response) -> dict[str, list[str]]:
    """Return the headers that arrived, each with all its values."""
    found: dict[str, list[str]] = {}
    for name, value in answer.json()["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def test_who_calls_is_said_by_the_gateway_and_by_nobody_else(door: httpx.Client) -> None:
    lies = ("cf-connecting-ip", "x-forwarded-for", "x-real-ip", "true-client-ip", "forwarded", "x-forwarded-host")
    arrived = seen(door.get("/functions/v1/auth/profile", headers=dict.fromkeys(lies, "203.0.113.9")))
    assert arrived["cf-connecting-ip"] == arrived["x-forwarded-for"] == ["127.0.0.1"]
    assert not {"x-real-ip", "true-client-ip", "forwarded", "x-forwarded-host"} & set(arrived)


def test_headers_of_one_hop_stay_there(door: httpx.Client) -> None:
    headers = {"Connection": "keep-alive, X-Mine", "X-Mine": "1", "TE": "trailers", "Proxy-Authorization": "Basic x"}
    assert not {"x-mine", "te", "proxy-authorization"} & set(seen(door.get("/functions/v1/auth/x", headers=headers)))


def test_a_function_sees_credentials_as_they_were_sent(door: httpx.Client) -> None:
    headers = [("Authorization", "Bearer a"), ("Authorization", "Bearer b"), ("X-API-Key", "k")]
    arrived = seen(door.get("/functions/v1/auth/x", headers=headers))
    assert (arrived["authorization"], arrived["x-api-key"]) == (["Bearer a", "Bearer b"], ["k"])


def test_paths_lose_their_prefix_and_keep_the_rest(door: httpx.Client) -> None:
    key = {"apikey": KEYRING.publishable_key}
    assert door.get("/rest/v1/t?select=a,b&n=eq.%2F", headers=key).json()["path"] == "/t?select=a,b&n=eq.%2F"
    in_query = f"/rest/v1/t?apikey={KEYRING.publishable_key}&select=a"
    assert door.get(in_query).json()["path"] == "/t?select=a"
    assert door.get("/rest/v1?select=a", headers=key).json()["path"] == "/?select=a"
    assert door.get("/functions/v1/auth_enhanced/x").json()["path"] == "/auth_enhanced/x"


def test_no_project_key_but_the_publishable_one_goes_further(door: httpx.Client) -> None:
    arrived = seen(door.get("/rest/v1/t", headers={"apikey": KEYRING.secret_key}))
    assert arrived["apikey"] == [KEYRING.publishable_key]
    assert KEYRING.secret_key not in json.dumps(arrived)
    assert arrived["authorization"][0].startswith("Bearer ey")


def test_bodies_arrive_whole_with_a_length_and_without_one(door: httpx.Client) -> None:
    body = "ä" * 100_000
    assert door.post("/functions/v1/auth/x", content=body.encode()).json()["body"] == body


def test_a_functions_own_cors_stands(door: httpx.Client) -> None:
    assert door.get("/functions/v1/auth/x").headers["access-control-allow-origin"] == "http://of.the.function"
    key = {"apikey": KEYRING.publishable_key}
    assert door.get("/rest/v1/t", headers=key).headers["access-control-allow-origin"] == "*"


def test_a_part_that_is_down_is_a_503_that_can_be_read(door: httpx.Client) -> None:
    answer = door.get("/functions/v1/core/health")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
    answer = door.get("/auth/v1/settings", headers={"apikey": KEYRING.publishable_key})
    assert (answer.status_code, "Auth does not answer" in answer.json()["message"]) == (503, True)


def test_node_that_is_too_old_ends_in_one_sentence() -> None:
    old = "Object.defineProperty(process, 'versions', {value: {node: '18.0.0'}})"
    main = packages.CHECKOUT / "dev" / "gateway" / "main.mjs"
    ran = subprocess.run(
        [packages.node(), "--import", f"data:text/javascript,{old}", main],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("Node 20 or newer is needed")
