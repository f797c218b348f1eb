"""The hosted invoice: what is owed, and a way to pay it; and the page of a bank that wants a payment confirmed."""

from html import escape

from starlette.responses import HTMLResponse, RedirectResponse, Response

from dev.stripe import collection, page, payment_intents, payment_methods
from dev.stripe.account import Account
from dev.stripe.cards import CARDS
from dev.stripe.checkout_page import CHOICES
from dev.stripe.invoices import intent_of
from dev.stripe.money import shown
from dev.stripe.shapes import Object


def show(account: Account, invoice: str, *, problem: str = "") -> HTMLResponse:
    """Return the page of an invoice."""
    found = account.store.get("invoice", invoice)
    rows = [(escape(line["description"]), shown(line["amount"], line["currency"])) for line in found["lines"]["data"]]
    rows += [("<b>Total</b>", f"<b>{shown(found['total'], found['currency'])}</b>")]
    rows += [("Status", escape(found["status"])), ("Date", page.day(found["created"]))]
    parts = [page.alert(problem), page.section(f"Invoice {found['number'] or '(draft)'}", page.table(rows))]
    if found["status"] in {"open", "uncollectible"}:
        choose = page.choice("card", "Test card", CHOICES)
        parts.append(page.section("Payment", page.form("pay", choose, button="Pay this invoice")))
    parts.append(page.link(f"/i/{invoice}/pdf", "Download as PDF"))
    return page.respond("Invoice", *parts, status=402 if problem else 200)


def act(account: Account, invoice: str, given: dict[str, str]) -> Response:
    """Pay an invoice with a card, which becomes the customer's."""
    found = account.store.get("invoice", invoice)
    card = CARDS.get(given.get("card", ""))
    if card is None or found["status"] not in {"open", "uncollectible"}:
        return RedirectResponse(f"/i/{invoice}", 303)
    method = payment_methods.make(account, card, found["customer"])
    found["status"] = "open"
    collection.collect(account, found, method["id"], present=True)
    intent = intent_of(account, found) or {}
    if intent.get("status") == "requires_action":
        return RedirectResponse(f"/3ds/{intent['id']}", 303)
    if intent.get("status") == "requires_payment_method":
        return show(account, invoice, problem=intent["last_payment_error"]["message"])
    return RedirectResponse(f"/i/{invoice}", 303)


def show_bank(account: Account, intent: str) -> HTMLResponse:
    """Return the page on which a person confirms a payment."""
    found = account.store.get("payment_intent", intent)
    if found["status"] != "requires_action":
        return page.respond("Your bank", page.section("", f"<p>This payment is {escape(found['status'])}.</p>"))
    return page.respond(
        "Your bank asks",
        page.section(
            "3-D Secure",
            f"<p>Confirm the payment of {shown(found['amount'], found['currency'])}?</p>",
            page.form("confirm", button="Confirm"),
            page.form("refuse", button="Refuse", quiet=True),
        ),
    )


def confirm(account: Account, intent: str, *, agreed: bool) -> Response:
    """Note what the person answered, and return to the invoice."""
    found = account.store.get("payment_intent", intent)
    payment_intents.confirmed(account, found, agreed=agreed)
    invoice = account.store.secrets[intent].get("invoice")
    if invoice is None:
        return show_bank(account, intent)
    collection.follow(account, account.store.get("invoice", invoice), found["status"])
    return RedirectResponse(f"/i/{invoice}", 303)


def pdf(invoice: Object) -> bytes:
    """Return an invoice as a PDF of one page."""
    words = [f"Invoice {invoice['number']}", f"{invoice['customer_email'] or invoice['customer']}"]
    words += [f"{line['description']}   {shown(line['amount'], line['currency'])}" for line in invoice["lines"]["data"]]
    words += [f"Total {shown(invoice['total'], invoice['currency'])}   {invoice['status']}"]
    escaped = [each.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for each in words]
    text = "BT /F1 12 Tf 60 780 Td 18 TL " + " ".join(f"({each}) Tj T*" for each in escaped) + " ET"
    stream = text.encode("cp1252", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 6\n0000000000 65535 f \n"
    return body + head + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
