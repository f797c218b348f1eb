-- A refusal for a limit names it, and says in so many words when to come back.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: spends.
create or replace function private.take(wanted private.allowance[]) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    spent constant boolean := case when private.is_left(wanted) then private.spend(wanted) else false end;
    standing constant jsonb := private.look_at(wanted);
    longest jsonb;
    seconds integer;
begin
    if spent then
        return jsonb_build_object('limits', standing);
    end if;
    -- When this one is there again, so are the others.
    select s.each into longest from jsonb_array_elements(standing) as s (each) order by (s.each ->> 'wait')::integer desc limit 1;
    seconds := greatest(1, (longest ->> 'wait')::integer);
    return private.refusal(
        429, 'limit_exceeded', format(
            'The limit %s is used up. Try again in %s.', longest ->> 'name',
            case seconds when 1 then '1 second' else seconds || ' seconds' end
        ), jsonb_build_object('limits', standing, 'retry_after', seconds)
    );
end
$$;
