-- Shows dead jobs by kind and last error: what replay_jobs would take up again.
-- param kind = null: of this kind only
select
    j.kind,
    count(*) as jobs,
    min(j.id) as first_id,
    max(j.id) as last_id,
    min(j.finished_at) as first_died_at,
    max(j.finished_at) as last_died_at,
    left(j.last_error, 120) as last_error
from private.jobs as j
where j.status = 'dead' and (%(kind)s::text is null or j.kind = %(kind)s::text)
group by j.kind, left(j.last_error, 120)
order by jobs desc, j.kind asc
