"""From a price to what was paid for, and through all that can happen to it: the whole stack, and Stripe's double."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from postgrest import APIError

from dev.stack import Stack
from shared import hints
from supabase import Client, ClientOptions, create_client
from tests.world import World

PASSWORD = "Correct-horse-7"
TABLES = ("billing_customers", "subscriptions", "subscription_items", "invoices", "seats")
CATALOG = ("products", "prices", "plan_features", "plan_limits")


@dataclass(frozen=True)
class Shopper:
    """Somebody at their browser, who signed up just now."""

    client: Client
    functions: httpx.Client
    token: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        said = {"Authorization": f"Bearer {self.token}"} | {n.replace("_", "-"): v for n, v in headers.items()}
        return self.functions.request(method, path, headers=said, json=body)

    def subscription(self) -> Any:
        answer = self.send("GET", "/billing/subscription")
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["subscription"]

    def buy(self, lookup_key: str = "pro_monthly") -> str:
        """Begin a checkout and pay at its page, as a browser does; return where that leads."""
        answer = self.send("POST", "/billing/checkout", {"lookupKey": lookup_key, "successPath": "/welcome"})
        assert answer.status_code == 200, answer.text
        paid = httpx.post(answer.json()["data"]["url"], data={"action": "pay", "card": "ok"})
        assert paid.status_code == 303, paid.text
        return str(paid.headers["location"])


@pytest.fixture(scope="module")
def shopper(stack: Stack, functions: httpx.Client) -> Iterator[Callable[[], Shopper]]:
    with httpx.Client() as connections:

        def make() -> Shopper:
            client = create_client(stack.url, stack.publishable_key, ClientOptions(httpx_client=connections))
            answer = client.auth.sign_up({"email": f"{uuid4()}@example.com", "password": PASSWORD})
            assert answer.session
            return Shopper(client, functions, answer.session.access_token)

        yield make


@pytest.fixture
def work(stack: Stack, functions: httpx.Client) -> Callable[[Callable[[], bool]], None]:
    """Do what webhooks ask for until something is so: the double delivers by itself."""

    def until(so: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not so():
            assert time.monotonic() < end, "it did not come to be"
            told = hints.token(stack.keyring.jobs_secret, time.time())
            assert functions.post("/billing/jobs/run", headers={"X-Jobs-Token": told}, timeout=30).status_code == 200

    return until


def test_a_checkout_is_paid_and_a_signed_webhook_makes_it_a_subscription(
    shopper: Callable[[], Shopper], work: Callable[[Callable[[], bool]], None], world: World, stack: Stack
) -> None:
    buyer = shopper()
    assert buyer.subscription() is None
    assert urlsplit(buyer.buy()).path == "/welcome"
    work(lambda: buyer.subscription() is not None)
    seen = buyer.subscription()
    # The catalog's pro plan begins with a trial.
    assert (seen["status"], seen["plan"], seen["lookupKey"]) == ("trialing", "pro", "pro_monthly")
    assert world.value("select private.plan_of(%s)", seen["orgId"]) == "pro"
    assert buyer.client.rpc("entitlements", {"org": seen["orgId"]}).execute().data["plan"] == "pro"  # type: ignore[call-overload,index]
    assert '"type": "checkout.session.completed"' in stack.folder.log("functions-billing").read_text()


def test_a_direct_client_reads_the_mirror_of_its_organization_and_writes_nothing(
    shopper: Callable[[], Shopper], functions: httpx.Client
) -> None:
    buyer, stranger = shopper(), shopper()
    buyer.buy("enterprise_monthly")
    assert buyer.send("POST", "/billing/checkout/confirm", {}).json()["data"]["subscription"]["status"] == "active"
    for table in TABLES:
        mine, theirs = (each.client.table(table).select("*").execute().data for each in (buyer, stranger))
        assert bool(mine) is (table != "seats"), table
        assert theirs == []
    for table in TABLES + CATALOG:
        rows = buyer.client.table(table)
        attempts = (
            rows.insert({}).execute,
            rows.update({"created_at": "2000-01-01"}).neq("created_at", "2000-01-01").execute,
            rows.delete().neq("created_at", "2000-01-01").execute,
        )
        for attempt in attempts:
            with pytest.raises(APIError) as refused:
                attempt()
            assert refused.value.code == "42501"
    assert functions.get("/billing/plans").status_code == 200


def test_what_is_sold_is_for_everybody_to_see(stack: Stack, functions: httpx.Client) -> None:
    answer = functions.get("/billing/plans")
    assert answer.headers["cache-control"].startswith("public, max-age=")
    plans = {each["plan"]: each for each in answer.json()["data"]["items"]}
    assert [*plans] == ["free", "pro", "enterprise"]
    assert {price["lookupKey"] for price in plans["pro"]["prices"]} >= {"pro_monthly", "pro_yearly"}
    assert set(plans["free"]["features"]) < set(plans["pro"]["features"]) < set(plans["enterprise"]["features"])
    assert (plans["free"]["limits"]["members"], plans["enterprise"]["limits"]["members"]) == (3, None)
    for table in CATALOG:
        seen = httpx.get(f"{stack.url}/rest/v1/{table}", headers={"apikey": stack.publishable_key})
        assert (seen.status_code, bool(seen.json())) == (200, True)


def test_the_portal_opens_for_who_pays_and_only_for_them(shopper: Callable[[], Shopper]) -> None:
    buyer, stranger = shopper(), shopper()
    buyer.buy("enterprise_monthly")
    seen = buyer.send("POST", "/billing/checkout/confirm", {}).json()["data"]["subscription"]
    answer = buyer.send("POST", "/billing/portal", {"returnPath": "/settings", "flow": "cancel"})
    assert answer.status_code == 200, answer.text
    assert httpx.get(answer.json()["data"]["url"]).status_code == 200
    assert stranger.send("POST", "/billing/portal", {}).status_code == 409
    assert stranger.send("POST", "/billing/portal", {"orgId": seen["orgId"]}).status_code == 404


def test_invoices_are_listed_and_their_links_are_asked_for(shopper: Callable[[], Shopper]) -> None:
    buyer, stranger = shopper(), shopper()
    buyer.buy("enterprise_monthly")
    buyer.send("POST", "/billing/checkout/confirm", {})
    (invoice,) = buyer.send("GET", "/billing/invoices").json()["data"]["items"]
    assert (invoice["status"], invoice["total"], invoice["currency"]) == ("paid", 9900, "usd")
    links = buyer.send("GET", f"/billing/invoices/{invoice['id']}/links").json()["data"]
    assert httpx.get(links["hostedUrl"]).status_code == 200
    assert httpx.get(links["pdfUrl"]).headers["content-type"] == "application/pdf"
    assert stranger.send("GET", "/billing/invoices").json()["data"]["items"] == []
    assert stranger.send("GET", f"/billing/invoices/{invoice['id']}/links").status_code == 404
