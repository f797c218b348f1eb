"""What was fetched of a customer, as the argument of SQL in a story."""

ITEM = '{{"provider_id": "si_9", "price": "price_pro_false", "quantity": 2, "current_period_start": "2026-11-01T00:00:00Z", "current_period_end": "2126-12-01T00:00:00Z"}}'
SUBSCRIPTION = (
    '{{"provider_id": "sub_9", "price": "price_pro_false", "status": "past_due", "quantity": 2, "currency": "usd", "amount": 3800,'
    ' "recurring_interval": "month", "interval_count": 3, "current_period_start": "2026-11-01T00:00:00Z",'
    ' "current_period_end": "2126-12-01T00:00:00Z", "cancel_at_period_end": true, "cancel_at": "2126-12-02T00:00:00Z",'
    ' "canceled_at": "2026-11-03T00:00:00Z", "ended_at": null, "trial_end": "2026-11-04T00:00:00Z",'
    ' "started_at": "2026-10-01T00:00:00Z", "items": [' + ITEM + "]}}"
)
INVOICE = (
    '{{"provider_id": "in_9", "subscription": "sub_9", "number": "N-1", "status": "paid", "reason": "manual", "currency": "usd",'
    ' "total": 1, "tax": 2, "amount_due": 3, "amount_paid": 4, "amount_refunded": 5, "disputed": true, "attempts": 6,'
    ' "attempted_at": "2026-11-01T00:00:00Z", "next_attempt_at": "2026-11-02T00:00:00Z", "needs_action": true,'
    ' "period_start": "2026-11-03T00:00:00Z", "period_end": "2026-11-04T00:00:00Z", "issued_at": "2026-11-05T00:00:00Z",'
    ' "paid_at": "2026-11-06T00:00:00Z"}}'
)


def state(subscriptions: str = "", invoices: str = "", card: str = "null", deleted: str = "false") -> str:
    """Return what was fetched."""
    return f'\'{{{{"deleted": {deleted}, "card_expires_on": {card}, "subscriptions": [{subscriptions}], "invoices": [{invoices}]}}}}\''
