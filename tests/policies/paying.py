"""What the firm of the stories pays for: rows of billing, as statements."""

PRICE = (
    "insert into public.products (provider, livemode, provider_id, key, plan, name) values"
    " ('stripe', {live}, 'prod_{plan}_{live}', '{plan}_of_a_story', '{plan}', '{plan}');"
    " insert into public.prices (product_id, provider, livemode, provider_id, currency, unit_amount, recurring_interval)"
    " select p.id, 'stripe', {live}, 'price_{plan}_{live}', 'usd', 1900, 'month' from public.products as p"
    " where p.provider_id = 'prod_{plan}_{live}'"
)
CUSTOMER = (
    "insert into public.billing_customers (org_id, provider, livemode, provider_id)"
    " values ('{{{org}}}', 'stripe', {live}, 'cus_{org}_{live}') on conflict do nothing"
)
SUBSCRIPTION = (
    "insert into public.subscriptions (org_id, provider, livemode, provider_id, status, currency, amount,"
    " recurring_interval, current_period_start, current_period_end, started_at, cancel_at_period_end, cancel_at,"
    " ended_at, past_due_since, trial_end) values ('{{{org}}}', 'stripe', {live}, 'sub_{org}_{live}', '{status}', 'usd', 1900,"
    " 'month', now() - interval '9 days', now(), now(), {ends}, {cancel_at}, {ended_at}, {past_due_since}, {trial_end})"
)
ITEM = (
    "insert into public.subscription_items (subscription_id, provider_id, price_id, current_period_start,"
    " current_period_end) select s.id, 'si_{plan}', (select c.id from public.prices as c where"
    " c.provider_id = 'price_{plan}_{live}'), now() - interval '9 days', {until} from public.subscriptions as s"
    " where s.provider_id = 'sub_{org}_{live}'"
)
TOMORROW = "now() + interval '1 day'"
FEATURES = (
    "insert into public.plan_features (plan, feature) values ('free', 'a_story'), ('pro', 'b_story'), ('enterprise', 'c_story');"
    " insert into public.plan_limits (plan, name, quantity) values ('free', 'stories', 3), ('pro', 'stories', 25),"
    " ('enterprise', 'stories', null), ('pro', 'pages', 7)"
)


def sells(plan: str = "pro", *, live: str = "false") -> str:
    """Return what puts a plan up for sale."""
    return PRICE.format(plan=plan, live=live)


def pays(
    status: str = "active",
    *,
    org: str = "firm",
    plan: str = "pro",
    live: str = "false",
    until: str = TOMORROW,
    ends: str = "false",
    cancel_at: str = "null",
    ended_at: str = "null",
    past_due_since: str = "null",
    trial_end: str = "null",
) -> str:
    """Return what has the organization pay for a plan that is sold."""
    told = {"org": org, "plan": plan, "live": live, "status": status, "until": until, "ends": ends}
    told |= {"cancel_at": cancel_at, "ended_at": ended_at, "past_due_since": past_due_since, "trial_end": trial_end}
    return "; ".join(each.format(**told) for each in (CUSTOMER, SUBSCRIPTION, ITEM))
