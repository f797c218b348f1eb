-- Sealing: rows whose transactions are surely over are bound into a chain of blocks, so that a removed or changed row shows.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.audit_seals (
    block bigint primary key,
    first_xact xid8 not null,
    next_xact xid8 not null,
    oldest_at timestamptz not null,
    newest_at timestamptz not null,
    entries bigint not null check (entries > 0),
    entries_digest bytea not null check (octet_length(entries_digest) = 32),
    head bytea not null check (octet_length(head) = 32),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (first_xact < next_xact)
);
comment on table private.audit_seals is
'One row per sealed block of the audit log. Each head binds the one before it; whoever logs the heads elsewhere can prove the whole.';
comment on column private.audit_seals.entries_digest is 'SHA-256 over the SHA-256 of each row, in the order of their ids.';
comment on column private.audit_seals.head is 'SHA-256 of the former head, the number of rows and their digest.';
call private.seal('private.audit_seals');
create trigger touch_updated_at before update on private.audit_seals
for each row execute function private.touch_updated_at();
create trigger refuse_change before update or delete on private.audit_seals
for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on private.audit_seals
for each statement execute function private.refuse_change();

create type private.audit_block as (entries bigint, oldest_at timestamptz, newest_at timestamptz, digest bytea);

-- Definer: reads the whole log. In UTC, or the text of a row would depend on who asks.
create function private.audit_block(first_xact xid8, next_xact xid8) returns private.audit_block
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    block private.audit_block;
begin
    select
        count(*), min(a.created_at), max(a.created_at),
        sha256(string_agg(sha256(convert_to(to_jsonb(a)::text, 'utf8')), ''::bytea order by a.id))
    into block
    from public.audit_log as a
    where a.xact_id >= first_xact and a.xact_id < next_xact;
    return block;
end
$$;
comment on function private.audit_block(xid8, xid8) is
'The rows of a half-open range of transactions: how many, from when to when, and their digest.';

create function private.audit_head(former bytea, entries bigint, digest bytea) returns bytea
language plpgsql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    return sha256(coalesce(former, ''::bytea) || int8send(entries) || digest);
end
$$;
comment on function private.audit_head(bytea, bigint, bytea) is 'The head of a block, which binds the block before it.';

-- Definer: called by jobs.
create function private.seal_audit() returns private.audit_seals
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    former private.audit_seals;
    sealed private.audit_seals;
    block private.audit_block;
    from_xact xid8;
    to_xact constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
    perform pg_advisory_xact_lock(hashtextextended('private.seal_audit', 0));
    select s.* into former from private.audit_seals as s order by s.block desc limit 1;
    from_xact := coalesce(former.next_xact, '0'::xid8);
    if from_xact < to_xact then
        block := private.audit_block(from_xact, to_xact);
    end if;
    if coalesce(block.entries, 0) = 0 then
        return null;
    end if;
    insert into private.audit_seals (
        block, first_xact, next_xact, oldest_at, newest_at, entries, entries_digest, head
    ) values (
        coalesce(former.block, 0) + 1, from_xact, to_xact, block.oldest_at, block.newest_at, block.entries, block.digest,
        private.audit_head(former.head, block.entries, block.digest)
    ) returning * into sealed;
    return sealed;
end
$$;
comment on function private.seal_audit() is
'Seals every row whose transaction is surely over: below the oldest one running nothing can still appear. Null when there is none.';

create function private.audit_verify()
returns table (block bigint, problem text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    seal private.audit_seals;
    former private.audit_seals;
    present private.audit_block;
    kept_since constant timestamptz
    := (select (s.value #>> '{}')::timestamptz from private.settings as s where s.name = 'audit_kept_since');
begin
    for seal in select s.* from private.audit_seals as s order by s.block loop
        if seal.block <> coalesce(former.block, 0) + 1 or (former.block is not null and seal.first_xact <> former.next_xact) then
            return query select seal.block, 'a block before this one is missing';
        end if;
        if seal.head <> private.audit_head(former.head, seal.entries, seal.entries_digest) then
            return query select seal.block, 'the head does not follow from the block before it';
        end if;
        if seal.oldest_at >= kept_since then
            present := private.audit_block(seal.first_xact, seal.next_xact);
            if present.entries <> seal.entries then
                return query select seal.block, format('%s rows were sealed, %s are there', seal.entries, present.entries);
            elsif present.digest <> seal.entries_digest then
                return query select seal.block, 'a row was changed';
            end if;
        end if;
        former := seal;
    end loop;
end
$$;
comment on function private.audit_verify() is
'Every block that is not as it was sealed, with what is wrong; none when all is well. Blocks past retention keep their place in the chain.';

insert into private.settings (name, value, description) values
('audit_kept_months', '24', 'How many months of the audit log are kept, this one not counted.'),
('audit_kept_since', '"-infinity"', 'From when on the audit log is whole: set by retention.');
