-- Shows the migrations that were applied here, the newest first.
-- needs supabase_migrations.schema_migrations
-- param most = 20: so many
select
    m.version,
    m.name
from supabase_migrations.schema_migrations as m
order by m.version desc
limit %(most)s::integer
