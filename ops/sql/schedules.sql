-- Shows what runs by the clock, when next, and how late it is: late ones mean that nothing drains jobs.
select
    s.name,
    s.cron,
    s.kind,
    s.enabled,
    s.next_run_at,
    greatest(now() - s.next_run_at, interval '0') as late_by,
    (
        select count(*) from private.jobs as j
        where j.kind = s.kind and j.status = 'waiting'
    ) as jobs_waiting
from private.schedules as s
order by late_by desc, s.name asc
