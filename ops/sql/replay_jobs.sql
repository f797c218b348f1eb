-- Puts dead jobs back into the queue, by id, kind or range of ids; says which. It needs one of these.
-- writes
-- param id = null: this one
-- param kind = null: those of this kind
-- param first = null: those from this id on
-- param last = null: those up to this id
-- param most = 1000: not more than so many, the oldest first
with checked as materialized (
    select
        case
            when coalesce(%(id)s::text, %(kind)s::text, %(first)s::text, %(last)s::text) is null
                then private.refuse(400, 'Say which: id=…, kind=…, first=… or last=…. dead_jobs shows what there is.')::text
            when %(most)s::integer < 1
                then private.refuse(400, 'most is 1 or more.')::text
        end as refused
),

chosen as (
    -- Of several with one dedupe key, the newest; none where such a one is waiting already.
    select distinct on (coalesce(j.dedupe_key, j.id::text)) j.id from private.jobs as j
    where
        j.status = 'dead'
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
        limit (
            select %(most)s::integer from checked as told
            where told.refused is null
        )
    )
returning j.id, j.kind, j.created_at, j.last_error
