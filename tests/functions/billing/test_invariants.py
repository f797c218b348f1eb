from tests.functions.billing.shop import Customer, Shop
from tests.functions.billing.test_reconciling import do


def violations(shop: Shop, customer: Customer) -> set[str]:
    found = shop.world.connection.execute(
        "select kind from private.billing_violations() where org_id = %s or subject like '%%' || %s",
        [customer.org, customer.id],
    )
    return {kind for (kind,) in found}


def test_two_live_subscriptions_of_one_organization_are_found_until_one_ends(shop: Shop) -> None:
    customer = shop.customer()
    subscriptions = [shop.subscribe(customer) for _ in range(2)]
    shop.settle()
    assert violations(shop, customer) == {"two_live_subscriptions"}
    do(shop, "billing.check")
    opened = "select count(*) from private.billing_findings where org_id = %s and ended_at is null"
    assert shop.world.value(opened, customer.org) == 1
    shop.v1.subscriptions.cancel(subscriptions[0])
    shop.settle()
    do(shop, "billing.check")
    assert shop.world.value(opened, customer.org) == 0


def test_active_past_its_period_and_entitlement_without_a_source_are_found(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    assert violations(shop, customer) == set()
    shop.world.run(
        "update subscription_items as i set current_period_end = now() - interval '2 days' from subscriptions as s"
        " where s.id = i.subscription_id and s.org_id = %s",
        customer.org,
    )
    shop.world.run("alter table private.known_plans disable trigger touch_updated_at")
    shop.world.run(
        "update private.known_plans set updated_at = now() - interval '1 hour' where org_id = %s", customer.org
    )
    shop.world.run("alter table private.known_plans enable trigger touch_updated_at")
    assert violations(shop, customer) == {"active_past_its_period", "entitlement_without_source"}
    assert shop.plan(customer) == "free"
    shop.door.call("jobs_announce_plans", {}, role="job_runner")
    assert violations(shop, customer) == {"active_past_its_period"}


def test_one_customer_in_both_modes_is_mapped_twice(shop: Shop) -> None:
    customer = shop.customer()
    other = shop.customer()
    shop.world.run(
        "insert into billing_customers (org_id, provider, livemode, provider_id) values (%s, 'stripe', true, %s)",
        *(other.org, customer.id),
    )
    assert violations(shop, customer) == {"customer_mapped_twice"}
    shop.world.run("delete from billing_customers where livemode")
