"""What the fields of billing mean; fields.py has the others."""

from ops.reference.field import Field

ORG = "3f333df6-90a4-4fda-8dd3-9485d27cee36"
PERSON = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
MOMENT = "2026-12-21T02:31:00Z"
WHOSE = Field("The organization; left out, a key's own, or a person's personal one.", ORG)
PATH = (
    "Where the buyer comes back to: a path of the web client, such as `/billing?paid=yes`. Its origin is ours to set."
)
CENTS = "in the smallest unit of the currency"

FIELDS = {
    "amount": Field(f"What a period costs, all seats together, before taxes and discounts, {CENTS}.", 2900),
    "amountDue": Field(f"What is to be paid, {CENTS}.", 2900),
    "amountPaid": Field(f"What was paid, {CENTS}.", 2900),
    "amountRefunded": Field(f"What was given back, {CENTS}.", 0),
    "asOf": Field("When our rows were last compared with the provider; null before the first time.", MOMENT),
    "assignedAt": Field("Since when.", MOMENT),
    "bought": Field("How many seats are paid for now.", 5),
    "cached": Field("Always true: it comes from our own rows, and never live from the provider.", example=True),
    "cancelAt": Field("When it ends, if it is to; null if it goes on.", None),
    "cancelAtPeriodEnd": Field("Whether it ends with the period that is paid for.", example=False),
    "cancelPath": Field(f"{PATH} For who changes their mind.", "/pricing"),
    "canceledAt": Field("When somebody canceled it; null while nobody did.", None),
    "comment": Field("More about why, in the buyer's words.", "We will be back in spring."),
    "currency": Field("The currency, by its three letters.", "usd"),
    "currentPeriodEnd": Field("When the period ends that is paid for.", MOMENT),
    "currentPeriodStart": Field("When that period began.", "2026-11-21T02:31:00Z"),
    "description": Field("What it is, for people.", "For teams that ship."),
    "disputed": Field("Whether a bank asks for the money back.", example=False),
    "endedAt": Field("When it ended; null while it lives.", None),
    "entitledUntil": Field("Until when it gives what it is for, unless something happens; null for nothing.", MOMENT),
    "features": Field("What it includes.", ["api_access", "webhooks"]),
    "flow": Field("One act to lead to: payment_method, change_plan or cancel; left out, the whole portal.", "cancel"),
    "hostedUrl": Field("The page where it can be seen and paid.", "https://invoice.stripe.com/i/acct_1/test_1"),
    "identifier": Field("A name of yours for this one use: sent again, it counts no second time.", "render-8812"),
    "intervalCount": Field("Of how many such intervals a period is.", 1),
    "issuedAt": Field("When it was issued.", MOMENT),
    "lines": Field("What the amount is made of.", None),
    "lookupKey": Field("The name of a price in the catalog. Send this or priceId.", "pro_monthly"),
    "meter": Field("What was used: one of the names that are counted.", "renderings"),
    "needsAction": Field("Whether the buyer's bank wants a confirmation, on the invoice's page.", example=False),
    "nextAttemptAt": Field("When the card is tried again; null when it is not.", None),
    "number": Field("Its number; null for a draft.", "A1B2C3D4-0001"),
    "occurredAt": Field("When it was used, within the last 34 days; left out, now.", "2026-11-21T02:31:00Z"),
    "ordered": Field("How many were asked for, until the provider has heard of it; null otherwise.", None),
    "paidAt": Field("When it was paid; null while it was not.", MOMENT),
    "paidFor": Field("Whether it is paid for: where fewer are than are used, the oldest are.", example=True),
    "pdfUrl": Field("Its PDF.", "https://pay.stripe.com/invoice/acct_1/test_1/pdf"),
    "perSeat": Field("Whether it costs so much for each seat.", example=True),
    "periodEnd": Field("Until when what it is for was, or is, had.", MOMENT),
    "periodStart": Field("From when.", "2026-11-21T02:31:00Z"),
    "priceId": Field(
        "The id of a price, ours or the provider's. Send this or lookupKey.", "price_1Q2w3e4r5t6y7u8i", spare=True
    ),
    "prices": Field("What it costs; none for a plan that cannot be bought.", None),
    "product": Field("The name of what is subscribed to.", "Pro"),
    "provider": Field("Through whom it is paid.", "stripe"),
    "providerId": Field("The provider's id of it.", "sub_1Q2w3e4r5t6y7u8i"),
    "reason": Field("Why: one of the provider's words, such as too_expensive or unused.", "too_expensive"),
    "recurringInterval": Field("Of what a period is: day, week, month or year.", "month"),
    "repeated": Field("Whether its identifier had been counted before.", example=False),
    "requestsPerHour": Field("How many requests it allows in an hour.", 1000),
    "returnPath": Field(PATH, "/settings/billing"),
    "seats": Field("Who uses them, the oldest first.", None),
    "sessionId": Field("The provider's id of the checkout.", "cs_test_a1b2c3d4e5f6"),
    "startedAt": Field("When it began.", "2026-11-21T02:31:00Z"),
    "status": Field("Its state, in the provider's word: trialing, active, past_due, paused, canceled, …", "active"),
    "subscription": Field("The one that lives, else the last one that ended; null where there never was one.", None),
    "successPath": Field(f"{PATH} For who has paid.", "/billing?paid=yes"),
    "tax": Field(f"Taxes within the total, {CENTS}.", 0),
    "total": Field(f"The whole amount, {CENTS}.", 2900),
    "trialDays": Field("For how many days it is tried for nothing; once for each organization.", 14),
    "trialEnd": Field("When the trial ends or ended; null without one.", None),
    "unitAmount": Field(f"What a period costs, for each seat if it is by seat, {CENTS}.", 2900),
    "url": Field("Where to send the buyer.", "https://checkout.stripe.com/c/pay/cs_test_a1b2c3d4e5f6"),
    "used": Field("How many are used.", 3),
    "Cancellation.orgId": WHOSE,
    "CheckoutSession.expiresAt": Field("Until when it can be paid.", MOMENT),
    "ForOrganization.orgId": WHOSE,
    "Invoice.reason": Field("What it was issued for, in the provider's word.", "subscription_cycle"),
    "Invoice.status": Field("Its state: draft, open, paid, uncollectible or void.", "paid"),
    "Invoices.orgId": Field("Only those of this organization; left out, all that the caller may read.", ORG),
    "Line.amount": Field(f"So much of it, {CENTS}; what is credited is below zero.", -1450),
    "Line.description": Field("What for.", "Unused time on Pro"),
    "NewCheckout.orgId": WHOSE,
    "NewCheckout.quantity": Field("How many seats; 1 for a price that is not by seat.", 1),
    "NewPortal.orgId": WHOSE,
    "NewSeat.orgId": WHOSE,
    "NewSeat.userId": Field("The member who is to have it.", PERSON),
    "NewUsage.occurredAt": Field(
        "When it was used, within the last 34 days; left out, now.", "2026-11-21T02:31:00Z", spare=True
    ),
    "NewUsage.orgId": WHOSE,
    "NewUsage.quantity": Field("How much was used.", 3),
    "Plan.limits": Field("How much it gives of what; null is without limit.", {"members": 25}),
    "Plan.name": Field("Its name.", "Pro"),
    "Plan.plan": Field("Its word, as subscriptions and entitlements say it.", "pro"),
    "PlanChange.orgId": WHOSE,
    "PlanChange.quantity": Field("How many seats; left out, as many as now.", 5),
    "Portal.url": Field(
        "The link. Whoever has it is let in, for some minutes.", "https://billing.stripe.com/p/session/x"
    ),
    "Preview.endsTrial": Field("Whether a trial ends with it, as this price is sold without one.", example=False),
    "Preview.expiresAt": Field("Until when the token is good.", MOMENT),
    "Preview.token": Field("What POST /billing/subscription/change takes, once.", "q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6"),
    "Seats.orgId": WHOSE,
    "Seats.quantity": Field("How many there are to be; never fewer than are used.", 5),
    "Shown.token": Field(
        "The token of a preview that is not older than ten minutes.", "q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6"
    ),
    "Subscription.plan": Field("The plan that it is for; null for a price that is not of our catalog.", "pro"),
    "Subscription.priceId": Field("The price, by our id.", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
    "Subscription.quantity": Field("How many seats are paid for; 1 where it is not by seat.", 1),
    "Usage.quantity": Field("How much was counted.", 3),
}
