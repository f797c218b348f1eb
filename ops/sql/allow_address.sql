-- Lets mail go to an address again that bounced, complained or unsubscribed.
-- writes
-- param address: the e-mail address
-- param reason: why, for the audit log
with allowed as (
    delete from private.mail_suppressions as s
    where s.address_digest = private.address_digest(%(address)s::text)
    returning s.reason, s.category, s.created_at, encode(s.address_digest, 'hex') as digest
),

noted as materialized (
    select
        private.record(
            'operator.allow_address', null, a.digest,
            after => jsonb_build_object('reason', %(reason)s::text, 'was', array_agg(a.reason order by a.reason))
        ) as done
    from allowed as a
    group by a.digest
)

select
    allowed.reason as was,
    allowed.category,
    allowed.created_at as since,
    (select count(*) from noted) = 1 as allowed_now
from allowed
