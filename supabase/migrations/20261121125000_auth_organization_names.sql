-- Names of organizations hold something to read, without blanks around it; who writes another one is told so in a sentence.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: fires for every role that writes organizations, and not all of them may refuse.
create function private.tidy_organization_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- What Unicode calls white space, as functions do with names of API keys.
    new.name := btrim(new.name, E' \t\n\u000b\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000');
    if (char_length(new.name) between 1 and 100) is not true then
        perform private.refuse(
            400, 'An organization needs a name of 1 to 100 characters. Spaces around it do not count.',
            '[{"field": "name", "problem": "Write 1 to 100 characters; spaces around them do not count."}]'
        );
    elsif new.name ~ '[[:cntrl:]\u200b-\u200f\u2028-\u202e\u2066-\u2069]' then
        perform private.refuse(
            400, 'A name cannot hold control characters, or ones that are invisible or turn what follows.',
            '[{"field": "name", "problem": "Leave out control characters, and ones that are invisible or turn what follows."}]'
        );
    end if;
    return new;
end
$$;
comment on function private.tidy_organization_name() is
'Trigger of organizations: takes the blanks around a name away, and refuses one that the table does not take with 400 and a sentence.';

-- Names that were stored before. One of blanks alone becomes Unnamed.
update public.organizations as o
set
    name = coalesce(nullif(btrim(
        o.name, E' \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'
    ), ''), 'Unnamed')
where o.name ~ '^[ \u0085\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[ \u0085\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$';

-- One short row for each organization: reading 100,000 of them takes a fraction of a second.
alter table public.organizations
-- squawk-ignore constraint-missing-not-valid
add constraint organizations_name_check1
check (name !~ '^[ \u0085\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[ \u0085\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$');

create trigger tidy_name before insert or update of name on public.organizations
for each row execute function private.tidy_organization_name();
