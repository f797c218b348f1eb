-- Shows every block of the audit log that is not as it was sealed. None is good; any is an incident.
select
    v.block,
    v.problem
from private.audit_verify() as v
