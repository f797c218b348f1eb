-- Shows what became of checkouts: paid, still open, left by the buyer, or failed by us; and of those to be paid, how many did not fail.
-- param days = 30: of how many days
with begun as (
    select
        c.id,
        c.org_id,
        c.provider,
        c.livemode,
        c.session_ref is not null as shown,
        c.session_ref is not null and c.status = 'open' and c.expires_at > now() as payable,
        c.created_at,
        coalesce(c.expires_at, c.created_at + interval '1 day') as ends_at
    from private.checkouts as c
    where c.created_at > now() - make_interval(days => %(days)s::integer)
),

-- A provider tells whole seconds.
paid as (
    select distinct on (s.id) b.id
    from begun as b
    inner join public.subscriptions as s
        on b.org_id = s.org_id and b.provider = s.provider and b.livemode = s.livemode
    where b.shown and s.started_at between b.created_at - interval '1 second' and b.ends_at + interval '1 minute'
    order by s.id asc, b.created_at desc
),

-- No page was shown, nor one for another try at about that time, and it was not refused to who had paid already.
failed as (
    select b.id
    from begun as b
    where
        not b.shown and b.created_at < now() - interval '1 minute'
        and not exists (
            select 1
            from begun as other
            where
                other.org_id = b.org_id and other.provider = b.provider and other.livemode = b.livemode and other.shown
                and other.created_at between b.created_at - interval '1 minute' and b.created_at + interval '1 minute'
        )
        and not exists (
            select 1
            from public.subscriptions as s
            where
                s.org_id = b.org_id and s.provider = b.provider and s.livemode = b.livemode
                and s.started_at between b.created_at - interval '1 day' and b.created_at + interval '1 minute'
        )
),

counted as (
    select
        b.provider,
        b.livemode,
        count(*) as begun,
        count(*) filter (where b.id in (select p.id from paid as p)) as paid,
        count(*) filter (where b.payable and b.id not in (select p.id from paid as p)) as open,
        count(*) filter (where b.id in (select f.id from failed as f)) as failed
    from begun as b
    group by b.provider, b.livemode
)

select
    c.provider,
    c.livemode,
    c.begun,
    c.paid,
    c.open,
    c.begun - c.paid - c.open - c.failed as left_by_buyer,
    c.failed,
    round(100.0 * c.paid / nullif(c.paid + c.failed, 0), 2) as success_percent
from counted as c
order by c.livemode desc, c.provider asc
