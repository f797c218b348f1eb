-- Changes a setting of private.settings. SQL reads it at once, functions within 30 seconds.
-- writes
-- param name: which
-- param value: JSON, for example 24 or "text" with its quotes
-- param public = null: whether clients may know it; as it was if nothing is said
update private.settings as s
set value = %(value)s::jsonb, public = coalesce(%(public)s::boolean, s.public)
where s.name = %(name)s::text
returning s.name, s.value, s.public, s.description
