-- Shows every setting with its value: what set_setting changes.
select
    s.name,
    s.value,
    s.public,
    s.updated_at,
    s.description
from private.settings as s
order by s.name
