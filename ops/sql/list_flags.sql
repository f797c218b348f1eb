-- Shows every feature flag and for whom it is on: what set_flag changes.
select
    f.name,
    f.enabled,
    f.percentage,
    f.rolled_by,
    f.organizations,
    f.plans,
    f.public,
    f.description
from private.feature_flags as f
order by f.name
