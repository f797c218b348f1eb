-- PostgREST tells anybody how many rows the planner expects (Prefer: count=planned), other tenants' rows included.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- So no statistics are kept of texts that somebody could guess. Ids are random, and nobody guesses them.
alter table public.profiles alter column display_name set statistics 0;
alter table public.profiles alter column avatar_url set statistics 0;
alter table public.organizations alter column name set statistics 0;
