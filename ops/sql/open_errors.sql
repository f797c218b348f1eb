-- Shows the errors that clients reported and nobody resolved, the most frequent of the last day first.
-- param most = 20: so many
select
    r.severity,
    r.category,
    left(r.message, 100) as message,
    r.occurrences,
    r.organizations,
    r.last_seen_at,
    r.reopened,
    r.id
from private.error_reports as r
where r.resolved_at is null
order by r.last_seen_at > now() - interval '1 day' desc, r.occurrences desc, r.id asc
limit %(most)s::integer
