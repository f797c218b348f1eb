-- Makes somebody staff, or changes their staff role. They still need a second factor.
-- writes
-- param person: their e-mail address or id
-- param role: ops, admin or super_admin
with checked as materialized (
    select
        case
            when %(role)s::text not in ('ops', 'admin', 'super_admin')
                then private.refuse(400, 'There is no such role. There are: ops, admin, super_admin.')::text
        end as refused
)

insert into private.staff as s (user_id, role)
select
    u.id,
    %(role)s::text
from auth.users as u
where
    (select c.refused from checked as c) is null
    and (u.id::text = lower(%(person)s::text) or lower(u.email) = lower(%(person)s::text))
on conflict (user_id) do update set role = excluded.role
returning s.user_id, s.role
