"""The double's front page: what there is, what happened last, and buttons that let time pass or cards fail."""

from html import escape

from starlette.responses import HTMLResponse, RedirectResponse, Response

from dev.stripe import page
from dev.stripe.account import Account
from dev.stripe.cards import CARDS
from dev.stripe.double import Double
from dev.stripe.money import shown

DAYS = {"1": "1 day", "7": "7 days", "31": "31 days"}
LATEST = 15


def show(double: Double) -> HTMLResponse:
    """Return the page."""
    clock = page.form("advance", page.choice("days", "How long", DAYS), button="Let time pass")
    return page.respond(
        "Stripe, doubled",
        page.section(f"It is {page.day(double.now)}", clock),
        page.section("Open checkouts", _checkouts(double.account)),
        page.section("Subscriptions", _subscriptions(double.account)),
        page.section("Latest events", _events(double)),
    )


def _checkouts(account: Account) -> str:
    rows = [
        (
            f'<a href="{escape(each["url"])}">{escape(each["id"][:24])}…</a>',
            shown(each["amount_total"], each["currency"]),
        )
        for each in account.store.all("checkout.session")
        if each["status"] == "open"
    ]
    return page.table(rows) if rows else "<p class='soft'>None.</p>"


def _subscriptions(account: Account) -> str:
    parts = []
    for each in account.store.all("subscription"):
        said = account.store.secrets[each["customer"]].get("card")
        words = f"{escape(each['status'])}{f' <small>{escape(said.behaviour)}</small>' if said else ''}"
        invoice = f'<a href="/i/{each["latest_invoice"]}">latest invoice</a>' if each["latest_invoice"] else ""
        named = f'<input type="hidden" name="customer" value="{escape(each["customer"])}">'
        cards = page.choice("card", "From now on their cards", {"": "do as they are", **{name: name for name in CARDS}})
        parts.append(page.table([(f"<code>{each['id']}</code>", words), (f"<code>{each['customer']}</code>", invoice)]))
        parts.append(page.form("behave", named, cards, button="Say so", quiet=True))
    return "".join(parts) or "<p class='soft'>None yet.</p>"


def _events(double: Double) -> str:
    rows = [(escape(each["type"]), page.day(each["created"])) for each in double.events()[: -LATEST - 1 : -1]]
    return page.table(rows) if rows else "<p class='soft'>Nothing yet.</p>"


def act(double: Double, given: dict[str, str]) -> Response:
    """Do what a button says."""
    if given.get("action") == "advance" and given.get("days") in DAYS:
        double.advance(days=int(given["days"]))
    if given.get("action") == "behave" and given.get("card", "") in {"", *CARDS}:
        double.behave(given.get("customer", ""), given.get("card") or None)
    return RedirectResponse("/", 303)


def receipt(account: Account, charge: str) -> HTMLResponse:
    """Return the receipt of a charge."""
    found = account.store.get("charge", charge)
    rows = [("Paid", shown(found["amount"], found["currency"])), ("On", page.day(found["created"]))]
    if found["amount_refunded"]:
        rows.append(("Given back", shown(found["amount_refunded"], found["currency"])))
    return page.respond("Receipt", page.section("", page.table(rows)))
