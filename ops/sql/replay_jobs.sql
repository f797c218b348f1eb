-- Puts dead jobs back into the queue, by id, kind or range of ids; says which. Without one of these it does nothing.
-- writes
-- param id = null: this one
-- param kind = null: those of this kind
-- param first = null: those from this id on
-- param last = null: those up to this id
-- param most = 1000: not more than so many, the oldest first
with chosen as (
    -- Of several with one dedupe key, the newest; none where such a one is waiting already.
    select distinct on (coalesce(j.dedupe_key, j.id::text)) j.id from private.jobs as j
    where
        j.status = 'dead'
        and (%(id)s::bigint is not null or %(kind)s::text is not null or %(first)s::bigint is not null or %(last)s::bigint is not null)
        and (%(id)s::bigint is null or j.id = %(id)s::bigint)
        and (%(kind)s::text is null or j.kind = %(kind)s::text)
        and (%(first)s::bigint is null or j.id >= %(first)s::bigint)
        and (%(last)s::bigint is null or j.id <= %(last)s::bigint)
        and not exists (
            select from private.jobs as w
            where w.dedupe_key = j.dedupe_key and w.status = 'waiting'
        )
    order by coalesce(j.dedupe_key, j.id::text), j.id desc
)

update private.jobs as j
set status = 'waiting', attempts = 0, run_at = now(), finished_at = null, token = null
where
    j.id in (
        select c.id from chosen as c
        order by c.id
        limit %(most)s::integer
    )
returning j.id, j.kind, j.created_at, j.last_error
