-- A setting keeps its kind of value: what reads it would fail on another one, or delete more than was meant.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.check_setting() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    kind constant text := jsonb_typeof(new.value);
    -- Null where there was none, or null from before this was asked.
    former constant text := nullif(jsonb_typeof(old.value), 'null');
    -- A century of months; otherwise what dates and integers bear by far.
    most constant integer := case when new.name ~ '_months$' then 1200 else 1000000 end;
    -- A bound of 0 lets nothing through; a time kept of 0 would delete everything, and a rate is divided by.
    lowest constant numeric := case
        when former = 'number' then least(case when new.name ~ '_(days|months|per_minute)$' then 1 else 0 end, old.value::numeric)
    end;
    needed text;
begin
    if kind = 'null' then
        needed := 'a value other than null';
    elsif kind <> former then
        needed := case former when 'string' then 'a text, in double quotes' else 'a value of the kind ' || former end;
    elsif former = 'number' then
        if new.value::numeric not between lowest and most or new.value::numeric <> trunc(new.value::numeric) then
            needed := format('a whole number from %s to %s', lowest, most);
        end if;
    elsif kind = 'string' and btrim(new.value #>> '{}') = '' then
        needed := 'a text that is not empty';
    elsif former = 'string' and pg_input_is_valid(old.value #>> '{}', 'timestamptz') then
        if not pg_input_is_valid(new.value #>> '{}', 'timestamptz') then
            needed := 'a time, as a text';
        end if;
    end if;
    if needed is not null then
        raise check_violation using message = format('The setting %s needs %s, not %s.', new.name, needed, left(new.value::text, 60));
    end if;
    return new;
end
$$;
comment on function private.check_setting() is
'Trigger of settings: a new value is of the kind that the former one was, and a number is whole and within what its readers bear.';
create trigger check_value before insert or update of value on private.settings
for each row execute function private.check_setting();
