-- Checkouts and trials: what was offered to whom, so that of two tabs one can be paid, and that a trial is had once.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.checkouts (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null,
    provider text not null,
    livemode boolean not null,
    price_id uuid not null references public.prices,
    quantity integer not null check (quantity >= 1),
    trial_days integer not null default 0 check (trial_days >= 0),
    status text not null default 'open' check (status in ('open', 'complete', 'expired', 'superseded')),
    session_ref text check (char_length(session_ref) between 1 and 255),
    expires_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (org_id, provider, livemode) references public.billing_customers on delete cascade,
    unique (provider, livemode, session_ref)
);
comment on table private.checkouts is
'One row per checkout, there before the provider is asked for its session. Of an organization''s, one at most can be paid.';
comment on column private.checkouts.status is
'superseded: another was begun before the session of this one was known, so nobody was shown it.';
create index checkouts_customer_idx on private.checkouts (org_id, provider, livemode);
create unique index checkouts_open_idx on private.checkouts (org_id, provider, livemode) where status = 'open' and session_ref is null;
create index checkouts_price_id_idx on private.checkouts (price_id);

create table private.trials (
    org_id uuid not null references public.organizations on delete cascade,
    livemode boolean not null,
    checkout_id uuid references private.checkouts on delete set null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (org_id, livemode)
);
comment on table private.trials is
'The trial of each organization: claimed by the one checkout that can be paid, and used once a subscription begins with it.';
create index trials_checkout_id_idx on private.trials (checkout_id);

call private.seal('private.checkouts');
call private.seal('private.trials');
create trigger touch_updated_at before update on private.checkouts
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.trials
for each row execute function private.touch_updated_at();
call private.audit('private.checkouts', 'org_id', 'id');

-- Definer, this one and those below: checkouts, trials and the mirror are closed to who calls them.
create function private.use_trials() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into private.trials as t (org_id, livemode, used_at)
    select distinct n.org_id, n.livemode, now() from new_rows as n where n.trial_end is not null
    on conflict (org_id, livemode) do update set used_at = excluded.used_at where t.used_at is null;
    return null;
end
$$;
comment on function private.use_trials() is
'Trigger of subscriptions: a trial that was begun, by whatever way, was had.';
create trigger use_trials_begun after insert on public.subscriptions
referencing new table as new_rows for each statement execute function private.use_trials();
create trigger use_trials_given after update on public.subscriptions
referencing new table as new_rows for each statement execute function private.use_trials();

create function private.claim_trial(checkout private.checkouts, days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if days = 0 then
        return 0;
    end if;
    -- Taken over from an earlier checkout: that one cannot be paid any more when this one can.
    insert into private.trials as t (org_id, livemode, checkout_id) values (checkout.org_id, checkout.livemode, checkout.id)
    on conflict (org_id, livemode) do update set checkout_id = excluded.checkout_id where t.used_at is null;
    return case when found then days else 0 end;
end
$$;
comment on function private.claim_trial(private.checkouts, integer) is
'So many days if the organization has not had its trial, else 0.';
