-- Ends every session of a person, at once. Their API keys go on; see revoke_key and ban_person.
-- writes
-- param person: their id or e-mail address
with wanted as (
    select u.id from auth.users as u
    where u.id::text = lower(%(person)s::text) or lower(u.email) = lower(%(person)s::text)
),

ended as (
    delete from auth.sessions as s using wanted
    where s.user_id = wanted.id
    returning s.id, s.user_id
),

noted as materialized (
    select private.record('sessions.revoked', private.personal_org(ended.user_id), ended.id::text) as done
    from ended
)

select
    wanted.id,
    (select count(*) from noted) as sessions_ended
from wanted
