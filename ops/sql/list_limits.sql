-- Shows every limit on requests: what set_limit changes.
select
    l.name,
    l.spent_by,
    l.quantity,
    l.period,
    l.plan,
    l.route
from private.limits as l
order by l.name
