-- Gives a banned person back what they had. Keys that were revoked meanwhile stay so.
-- writes
-- param person: their id or e-mail address
-- param reason: why, for the audit log
with wanted as (
    select
        u.id,
        u.banned_until
    from auth.users as u
    where u.id::text = lower(%(person)s::text) or lower(u.email) = lower(%(person)s::text)
),

freed as (
    update auth.users as u set banned_until = null
    from wanted
    where u.id = wanted.id and wanted.banned_until is not null
    returning u.id
),

noted as materialized (
    select
        private.record(
            'operator.unban_person', private.personal_org(freed.id), freed.id::text,
            after => jsonb_build_object('reason', %(reason)s::text)
        ) as done
    from freed
)

select
    wanted.id,
    wanted.banned_until as was_banned_until,
    (select count(*) from noted) = 1 as freed_now
from wanted
