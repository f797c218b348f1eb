"""Stories of what mail of billing says, to whom, and when there is nothing to be said any more."""

from tests.policies.mail_stories import core
from tests.policies.paying import pays, sells
from tests.policies.reconcile_stories import ALONE, OURS, owner, runs
from tests.policies.story import Story, yes
from tests.policies.telling_stories import paper

SENT = "insert into private.outbox (kind, dedupe_key, payload) select 'mail.{kind}', 'story', jsonb_build_object({what}) from {source}"
OF_INVOICE = "'invoice_id', id, 'org_id', org_id"
OF_SUBSCRIPTION = "'subscription_id', id, 'org_id', org_id"
OF_CARD = "'provider', provider, 'org_id', org_id"
SOON = "now() + interval $$1 day$$"
OF = "private.outbox as o where o.dedupe_key = 'story'"
# The owners and who keeps the books, and nobody else of the firm.
PAYERS = (
    "(select array_agg(t order by t) from jsonb_array_elements_text(m -> 'to') as t) = (select array_agg(u.email::text order by u.email::text)"
    " from auth.users as u where u.id in ('{owner}', '{owner2}', '{billing}'))"
)


def letter(name: str, kind: str, claim: str, before: str, function: str, what: str, source: str) -> Story:
    """Return a story of a mail whose outbox row is made of a row of billing."""
    sent = SENT.format(kind=kind, what=what, source=source)
    mail = f"(select private.mail_of_{function}(o) as m from {OF}) as x"
    return owner(f"letter: {name}", claim, f"{before}; {sent}", mail)


def of_invoice(name: str, kind: str, claim: str, **columns: str) -> Story:
    """Return a story of a mail of the firm's one invoice."""
    clean = "delete from public.invoices"
    return letter(name, kind, claim, f"{OURS}; {clean}; {paper(**columns)}", "invoice", OF_INVOICE, "public.invoices")


def of_subscription(name: str, kind: str, claim: str, status: str, **columns: str) -> Story:
    """Return a story of a mail of the firm's one subscription."""
    return letter(
        name,
        kind,
        claim,
        f"{sells()}; {pays(status, **columns)}",
        "subscription",
        OF_SUBSCRIPTION,
        "public.subscriptions",
    )


def of_card(name: str, claim: str, day: str) -> Story:
    """Return a story of a mail of the firm's card."""
    before = f"{OURS}; update public.billing_customers set card_expires_on = {day}"
    return letter(name, "card_expiring", claim, before, "card", OF_CARD, "public.billing_customers")


def sends(kind: str, before: str, what: str, table: str) -> Story:
    """Return a story of a mail as core asks for it, whatever it is of."""
    row = SENT.replace("(kind", "(id, kind").replace("select ", "select '{{owner}}', ")
    act = yes(
        f"m ->> 'template' = '{kind}' and {says(organization=chr(39) + 'Firm' + chr(39))}",
        "(select backend.outbox_mail('{owner}') as m) as x",
    )
    return core(f"letter: {kind}", act, ALONE, before, row.format(kind=kind, what=what, source=f"public.{table}"))


def says(**values: str) -> str:
    """Return the claim that a mail says this."""
    return " and ".join(f"m #>> '{{{{values,{name}}}}}' = {value}" for name, value in values.items())


def gone(*stories: tuple[str, str, dict[str, str]]) -> list[Story]:
    """Return the stories of invoices about which nothing is to be said."""
    return [of_invoice(name, kind, "m is null", **columns) for name, kind, columns in stories]


NOW = "private.spelled(now())"
STORIES = [
    of_invoice(
        "a receipt",
        "receipt",
        f"{says(organization=chr(39) + 'Firm' + chr(39), amount=chr(39) + '19.00 USD' + chr(39), at=NOW, number=chr(39) + 'without a number' + chr(39))} and {PAYERS}",
    ),
    of_invoice(
        "a failure",
        "payment_failed",
        says(amount="'0.01 USD'", next="'It is not tried again by itself.'", at=NOW),
        status="open",
    ),
    of_invoice(
        "what waits for its buyer",
        "payment_action",
        f"{says(amount=chr(39) + '0.01 USD' + chr(39))} and {PAYERS}",
        status="open",
        action="true",
    ),
    letter(
        "a receipt of one of two",
        "receipt",
        says(number="'without a number'"),
        f"{OURS}; delete from public.invoices; {paper('1')}; {paper('2')}",
        "invoice",
        OF_INVOICE,
        "public.invoices where provider_id = 'in_1'",
    ),
    letter(
        "a receipt of a firm of which one has no address",
        "receipt",
        "(select count(*) = 2 and bool_and(t is not null) from jsonb_array_elements_text(m -> 'to') as t)",
        f"{OURS}; delete from public.invoices; {paper()}; update auth.users set email_confirmed_at = null where id = '{{owner2}}'",
        "invoice",
        OF_INVOICE,
        "public.invoices",
    ),
    *gone(
        ("a receipt of what is open", "receipt", {"status": "open"}),
        ("a failure of what is paid", "payment_failed", {}),
        ("a failure that waits for its buyer by now", "payment_failed", {"status": "open", "action": "true"}),
        ("an action that is no more asked for", "payment_action", {"status": "open"}),
        ("an action of what is paid", "payment_action", {"action": "true"}),
    ),
    of_subscription(
        "a trial",
        "trial_ending",
        f"{says(organization=chr(39) + 'Firm' + chr(39), plan=chr(39) + 'Subscription' + chr(39), amount=chr(39) + '19.00 USD' + chr(39), every=chr(39) + 'month' + chr(39), then=chr(39) + 'It goes on then, and the first payment is taken.' + chr(39))} and {PAYERS}",
        "trialing",
        trial_end="now() + interval $$1 day$$",
    ),
    letter(
        "a trial beside another's",
        "trial_ending",
        says(organization="'Firm'"),
        f"{sells()}; {pays('trialing', trial_end=SOON)}; {pays('trialing', org='small', trial_end=SOON)}",
        "subscription",
        OF_SUBSCRIPTION,
        "public.subscriptions where org_id = '{firm}'",
    ),
    of_subscription(
        "a trial that ends for good",
        "trial_ending",
        says(then="'It ends then, and nothing is to be paid.'"),
        "trialing",
        trial_end="now() + interval $$1 day$$",
        ends="true",
    ),
    of_subscription(
        "a trial with an end",
        "trial_ending",
        says(then="'It ends then, and nothing is to be paid.'", at="private.spelled(now() + interval '1 day')"),
        "trialing",
        trial_end="now() + interval $$1 day$$",
        cancel_at="now()",
    ),
    of_subscription("a trial that is over", "trial_ending", "m is null", "trialing", trial_end="now()"),
    of_subscription(
        "a trial that became more", "trial_ending", "m is null", "active", trial_end="now() + interval $$1 day$$"
    ),
    of_subscription("an end", "subscription_canceled", f"{says(at=NOW)} and {PAYERS}", "canceled", ended_at="now()"),
    of_subscription("an end that is none", "subscription_canceled", "m is null", "active"),
    of_card(
        "a card",
        f"{says(organization=chr(39) + 'Firm' + chr(39), ends='to_char(now()::date + 30, $$FMMonth YYYY$$)')} and {PAYERS}",
        "now()::date + 30",
    ),
    of_card("a card that lasts", "m is null", "now()::date + 31"),
    of_card("a card that is over", "m is null", "now()::date - 1"),
    *(
        owner(f"money: {said}", f"private.money({amount}, '{currency}') = '{said}'")
        for amount, currency, said in (
            (1900, "usd", "19.00 USD"),
            (5, "eur", "0.05 EUR"),
            (-450, "usd", "-4.50 USD"),
            (1234567, "jpy", "1,234,567 JPY"),
            (1230, "kwd", "1.230 KWD"),
            (0, "usd", "0.00 USD"),
            (190000, "ugx", "1,900.00 UGX"),
        )
    ),
    sends("trial_ending", f"{sells()}; {pays('trialing', trial_end=SOON)}", OF_SUBSCRIPTION, "subscriptions"),
    sends(
        "subscription_canceled", f"{sells()}; {pays('canceled', ended_at='now()')}", OF_SUBSCRIPTION, "subscriptions"
    ),
    sends(
        "card_expiring",
        f"{OURS}; update public.billing_customers set card_expires_on = now()::date",
        OF_CARD,
        "billing_customers",
    ),
    sends("receipt", f"{OURS}; delete from public.invoices; {paper()}", OF_INVOICE, "invoices"),
    runs(
        "effect: of billing",
        'e = \'{{"customer": "x"}}\'',
        "backend.outbox_effect('{owner}') as e",
        "insert into private.outbox (id, kind, dedupe_key, payload) values ('{owner}', 'billing.end_customer', 'story', '{{\"customer\": \"x\"}}')",
    ),
    runs(
        "effect: of another module",
        "e is null",
        "backend.outbox_effect('{owner}') as e",
        "insert into private.outbox (id, kind, dedupe_key, payload) values ('{owner}', 'mail.receipt', 'story', '{{\"customer\": \"x\"}}')",
    ),
    owner(
        "a customer who goes is ended",
        'o.payload = \'{{"provider": "stripe", "livemode": false, "customer": "cus_firm_false"}}\'',
        f"{OURS}; delete from public.billing_customers where provider_id = 'cus_firm_false'",
        "private.outbox as o where o.dedupe_key = 'end-customer:stripe:f:cus_firm_false' and o.kind = 'billing.end_customer'",
    ),
    owner(
        "a customer who never was is not",
        "not exists (select from private.outbox where kind = 'billing.end_customer' and payload ->> 'provider' = 'polar')",
        "insert into public.billing_customers (org_id, provider, livemode) values ('{firm}', 'polar', false); delete from public.billing_customers where provider = 'polar'",
    ),
]
