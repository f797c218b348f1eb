-- Deletes dead jobs that nobody will replay, by id or kind; says which. It needs one of these.
-- writes
-- param id = null: this one
-- param kind = null: those of this kind
with checked as materialized (
    select
        case
            when coalesce(%(id)s::text, %(kind)s::text) is null
                then private.refuse(400, 'Say which: id=… or kind=…. dead_jobs shows what there is.')::text
        end as refused
)

delete from private.jobs as j
where
    (select c.refused from checked as c) is null
    and j.status = 'dead'
    and (%(id)s::bigint is null or j.id = %(id)s::bigint)
    and (%(kind)s::text is null or j.kind = %(kind)s::text)
returning j.id, j.kind, j.created_at, j.last_error
