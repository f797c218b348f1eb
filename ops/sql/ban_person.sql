-- Takes everything from a person, and from the API keys they made, from their next request on.
-- writes
-- param person: their id or e-mail address
-- param reason: why, for the audit log
-- param until = 2999-12-31: when it ends by itself
with checked as materialized (
    select
        case
            when %(until)s::timestamptz <= now()
                then private.refuse(400, 'A ban ends in the future: say until=2999-12-31, or leave it out. unban_person ends one.')::text
        end as refused
),

wanted as (
    select
        u.id,
        u.banned_until
    from auth.users as u
    where
        (select c.refused from checked as c) is null
        and (u.id::text = lower(%(person)s::text) or lower(u.email) = lower(%(person)s::text))
),

banned as (
    update auth.users as u set banned_until = %(until)s::timestamptz
    from wanted
    where u.id = wanted.id and wanted.banned_until is distinct from %(until)s::timestamptz
    returning u.id
),

noted as materialized (
    select
        private.record(
            'operator.ban_person', private.personal_org(banned.id), banned.id::text,
            after => jsonb_build_object('until', %(until)s::timestamptz, 'reason', %(reason)s::text)
        ) as done
    from banned
)

select
    wanted.id,
    %(until)s::timestamptz as banned_until,
    (select count(*) from noted) = 1 as banned_now
from wanted
