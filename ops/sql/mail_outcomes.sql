-- Lists how mail ended, by kind: sent, bounced, suppressed, doubtful, or not sent yet.
-- param days = 7: of how many days
select
    o.kind,
    coalesce(d.outcome, 'not sent yet') as outcome,
    count(*) as mails,
    max(d.updated_at) as latest
from private.mail_deliveries as d
inner join private.outbox as o on d.outbox_id = o.id
where d.created_at > now() - make_interval(days => %(days)s::integer)
group by o.kind, d.outcome
order by o.kind asc, mails desc
