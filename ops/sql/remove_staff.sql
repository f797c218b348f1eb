-- Ends somebody's being staff, from their next request on. Their account stays.
-- writes
-- param person: their e-mail address or id
with wanted as (
    select u.id from auth.users as u
    where u.id::text = lower(%(person)s::text) or lower(u.email) = lower(%(person)s::text)
)

delete from private.staff as s
using wanted
where s.user_id = wanted.id
returning s.user_id, s.role
