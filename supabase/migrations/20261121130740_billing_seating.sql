-- Assigning and releasing seats, and holding an organization to so many of them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: seats, orders and the mirror are closed to who calls them.
create function backend.billing_assign_seat(org uuid, person uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'members:write');
    most integer;
begin
    perform private.require_function();
    perform private.lock_seats(mine);
    if not exists (select from public.memberships as m where m.org_id = mine and m.user_id = person) then
        perform private.refuse(404, 'No such member of this organization.');
    elsif exists (select from public.seats as s where s.org_id = mine and s.user_id = person) then
        return private.seats_of(mine);
    end if;
    most := least(private.seats_bought(mine), (private.seat_order(mine)).quantity);
    if private.seats_used(mine) >= most then
        perform private.refuse(409, format('All %s seats are in use. Release one, or buy more: POST /billing/subscription/seats.', most));
    end if;
    insert into public.seats (org_id, user_id, assigned_by) values (mine, person, private.me());
    return private.seats_of(mine);
end
$$;
comment on function backend.billing_assign_seat(uuid, uuid) is
'Gives a member a seat, if one is free; 409 if none is. For who has members:write. A repeat changes nothing.';

create function backend.billing_release_seat(org uuid, person uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'members:write');
begin
    perform private.require_function();
    perform private.lock_seats(mine);
    delete from public.seats as s where s.org_id = mine and s.user_id = person;
    return private.seats_of(mine);
end
$$;
comment on function backend.billing_release_seat(uuid, uuid) is
'Frees a member''s seat. For who has members:write. A repeat changes nothing.';

create function private.hold_seats(org uuid, subscription uuid, quantity integer, until timestamptz) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    held uuid;
begin
    if quantity < private.seats_used(org) then
        perform private.refuse(409, format('%s seats are in use. Release some first, or keep as many.', private.seats_used(org)));
    end if;
    insert into private.seat_orders as o (org_id, subscription_id, quantity, holds_until)
    values (org, subscription, hold_seats.quantity, until)
    on conflict (org_id) do update set
        id = gen_random_uuid(), subscription_id = excluded.subscription_id, quantity = excluded.quantity,
        holds_until = excluded.holds_until
    returning o.id into held;
    return held;
end
$$;
comment on function private.hold_seats(uuid, uuid, integer, timestamptz) is
'Keeps an organization to so many seats until a moment, or until it is settled; refuses fewer than are in use. Answers the order''s id. '
'Whoever calls it has locked the seats.';
grant execute on function
backend.billing_seats(uuid), backend.billing_assign_seat(uuid, uuid), backend.billing_release_seat(uuid, uuid)
to billing_writer;
