-- Changes how much a limit of private.limits allows, from the next request on.
-- writes
-- param name: which, for example burst, free, pro, enterprise, anonymous
-- param quantity: how many requests
-- param period = null: in what time, for example "1 hour"; as it was if nothing is said
update private.limits as l
set quantity = %(quantity)s::integer, period = coalesce(%(period)s::interval, l.period)
where l.name = %(name)s::text
returning l.name, l.spent_by, l.quantity, l.period, l.plan, l.route
