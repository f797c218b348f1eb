"""The Checkout page: what is offered, a promotion code, a choice of cards, and what each of them leads to."""

from html import escape

from starlette.responses import HTMLResponse, RedirectResponse, Response

from dev.stripe import checkout_lines, checkout_visits, page
from dev.stripe.account import Account
from dev.stripe.cards import CARDS, NUMBERS
from dev.stripe.money import shown
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object

CHOICES = {
    "ok": "4242 4242 4242 4242 · pays",
    "declined": "4000 0000 0000 0002 · is declined",
    "insufficient": "4000 0000 0000 9995 · has no money",
    "fails_later": "4000 0000 0000 0341 · is taken, but fails when charged",
    "3ds": "4000 0027 6000 3184 · asks its bank each time (3-D Secure)",
    "3ds_once": "4000 0025 0000 3155 · asks its bank once (3-D Secure)",
    "async": "Bank debit · the money takes days",
}


def show(account: Account, session: str, *, problem: str = "", status: int = 200) -> HTMLResponse:
    """Return the page of a session, as it stands."""
    found = account.store.get("checkout.session", session, "session")
    if found["status"] != "open":
        words = "This checkout is paid." if found["status"] == "complete" else "This checkout has expired."
        return page.respond("Checkout", page.section("", f"<p>{words}</p>", page.link(_back(found), "Back")))
    return page.respond(
        "Subscribe" if found["mode"] == "subscription" else "Pay",
        page.alert(problem),
        page.section("Order", *_order(account, found)),
        page.section("Payment", _payment(found)),
        page.link(found["cancel_url"] or "", "Cancel and go back"),
        status=status,
    )


def _back(session: Object) -> str:
    return str(session["cancel_url"] or _success(session))


def _success(session: Object) -> str:
    return str(session["success_url"] or "").replace("{CHECKOUT_SESSION_ID}", session["id"])


def _order(account: Account, session: Object) -> list[str]:
    rows, currency = [], session["currency"]
    forms = []
    for line in checkout_lines.of(account, session["id"]):
        recurring = line["price"]["recurring"]
        each = f" / {page.interval(recurring)}" if recurring else ""
        words = f"{escape(line['description'] or '')} <small>&times; {line['quantity'] or 'as used'}{each}</small>"
        rows.append((words, escape(shown(line["amount_subtotal"], currency)) + _later(line, currency)))
        if (line["adjustable_quantity"] or {}).get("enabled"):
            line_field = f'<input type="hidden" name="line" value="{escape(line["id"])}">'
            number = page.field("quantity", "Quantity", line["quantity"], kind="number")
            forms.append(page.form("quantity", line_field, number, button="Change quantity", quiet=True))
    if session["total_details"]["amount_discount"]:
        rows.append(("Discount", f"&minus;{escape(shown(session['total_details']['amount_discount'], currency))}"))
    rows.append(("<b>Due today</b>", f"<b>{escape(shown(session['amount_total'], currency))}</b>"))
    if session["allow_promotion_codes"]:
        forms.append(page.form("code", page.field("code", "Promotion code"), button="Apply", quiet=True))
    return [page.table(rows), *forms]


def _later(line: Object, currency: str) -> str:
    """Return what a line costs once it is not free any more."""
    price = (line["price"]["unit_amount"] or 0) * (line["quantity"] or 0)
    return f"<br><small>then {escape(shown(price, currency))}</small>" if price and not line["amount_subtotal"] else ""


def _payment(session: Object) -> str:
    known = session["customer"] or session["customer_email"]
    email = "" if known else page.field("email", "E-mail", "buyer@example.com", kind="email")
    number = page.field("number", "Card number", hint="Leave it empty to use the card chosen above.")
    verb = "Start" if session["amount_total"] == 0 else f"Pay {shown(session['amount_total'], session['currency'])}"
    return page.form("pay", email, page.choice("card", "Test card", CHOICES), number, button=verb)


def act(account: Account, session: str, given: dict[str, str]) -> Response:
    """Do what a button says, and lead on."""
    action = given.get("action", "")
    try:
        if action == "code":
            checkout_visits.enter_code(account, session, given.get("code", ""))
        elif action == "quantity":
            quantity = given.get("quantity", "")
            checkout_visits.set_quantity(
                account,
                session,
                given.get("line", ""),
                int(quantity) if quantity.isascii() and quantity.isdigit() else -1,
            )
        elif action == "pay":
            checkout_visits.pay(account, session, CARDS[_card(given)], email=given.get("email") or "buyer@example.com")
        elif action in {"confirm", "refuse"}:
            checkout_visits.confirm(account, session, agreed=action == "confirm")
    except Refused as refused:
        return show(account, session, problem=refused.message, status=402 if refused.status == 402 else 400)  # noqa: PLR2004 - payment required
    return _lead_on(account, session, paid=action == "pay")


def _card(given: dict[str, str]) -> str:
    typed = given.get("number", "").replace(" ", "")
    if not typed:
        chosen = given.get("card", "ok")
        return chosen if chosen in CARDS else "ok"
    if typed not in NUMBERS:
        raise Refused("Your card number is invalid. Use one of the test cards.", code="incorrect_number")
    return NUMBERS[typed]


def _lead_on(account: Account, session: str, *, paid: bool) -> Response:
    found = account.store.get("checkout.session", session)
    if found["status"] == "complete":
        return RedirectResponse(_success(found) or f"/c/pay/{session}", 303)
    if paid:
        return page.respond(
            "Your bank asks",
            page.section(
                "3-D Secure",
                f"<p>Confirm the payment of {escape(shown(found['amount_total'], found['currency']))}?</p>",
                page.form("confirm", button="Confirm"),
                page.form("refuse", button="Refuse", quiet=True),
            ),
        )
    return RedirectResponse(f"/c/pay/{session}", 303)
