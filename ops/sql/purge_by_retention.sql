-- Deletes what retention has passed, as the schedules do. Whole months of the audit log go under a brief lock: in quiet hours.
-- At most 20000 rows of each kind: run it again while one of them is full.
-- writes
with operator as materialized (select set_config('mainstay.function', 'operator', true) as name),

purged as materialized (
    select
        'core' as what,
        backend.jobs_prune() as gone
    from operator
    union all
    select
        'jobs' as what,
        backend.jobs_prune_jobs() as gone
    from operator
    union all
    select
        'errors' as what,
        backend.jobs_prune_errors() as gone
    from operator
    union all
    select
        'mail' as what,
        backend.jobs_prune_mail() as gone
    from operator
    union all
    select
        'audit' as what,
        backend.jobs_prune_audit() as gone
    from operator
    union all
    select
        'billing' as what,
        backend.jobs_prune_billing(20000) as gone
    from operator
)

select
    purged.what,
    each_kind.key as kind,
    each_kind.value as gone
from purged
cross join lateral jsonb_each_text(purged.gone) as each_kind
