"""Mutants that no judge tells, each with its reason."""

SPARED = {
    # Two at once; these rows are locked a moment later all the same, by the change itself or its reference.
    "backend.staff_name_owner: no private.lock_organization (1)": "shows only to two at once",
    "private.create_invitation: no private.lock_organization (2)": "shows only to two at once",
    "private.create_invitation: no private.require_permission (3)": "shows only to two at once: it was asked before the lock",
    "private.rotate_api_key: no private.lock_organization (2)": "shows only to two at once",
    "private.change_api_key: no private.lock_organization (1)": "shows only to two at once",
    "private.delete_organization: no private.lock_organization (0)": "shows only to two at once",
    "private.accept_invitation: no private.lock_organization (0)": "shows only to two at once",
    "private.transfer_organization: no private.lock_organization (0)": "shows only to two at once",
    "backend.billing_assign_seat: no private.lock_seats (1)": "shows only to two at once",
    "backend.billing_order_seats: no private.lock_seats (5)": "shows only to two at once",
    "backend.billing_release_seat: no private.lock_seats (1)": "shows only to two at once",
    "backend.billing_use_preview: no private.lock_seats (4)": "shows only to two at once",
    "private.mark_ownerless: where r.role = 'owner': true": "locks more than it must",
    "private.lock_billed: where o.id = ( select c.org_id from public.billing_customers as c where c.provider = of_provider and c.livemode = live and c.provider_id = ref ) for key share: true": (
        "shows only to two at once"
    ),
    "backend.billing_prepare_checkout: where o.id = mine for key share: true": "shows only to two at once",
    "backend.billing_write: no private.lock_billed (1)": "shows only to two at once",
    "backend.jobs_compare: no private.lock_billed (1)": "shows only to two at once",
    "private.revoke_api_keys: without and k.revoked_at is null": "locks more than it must",
    "gate.spend_write: where b.due_at < clock_timestamp() + interval '1 minute' - apart: true": (
        "shows only to two at once: the bucket was looked at just before"
    ),
    "backend.jobs_roll_up_metrics: if not pg_try_advisory_xact_lock(hashtextextended('private.request_periods', 0)): false": (
        "shows only to two at once"
    ),
    # Seen by nobody here.
    "private.database_figures: when pg_is_in_recovery(): false": "there is no standby",
    # The same in other words.
    "private.seal_audit: <= in next_xact, '0'::xid8); if from_xact < to_xact then block :=": "an empty range has no entries",
    # Second layers.
    "private.revoke_api_key: without and k.org_id in (select private.orgs_to_guard())": (
        "the second question refuses, which undoes the first statement"
    ),
    "backend.jobs_find_expiring_keys: where k.revoked_at is null: true": "is_expiring asks as well; this finds by the index",
    "private.dashboard_buckets: where n.created_at >= since: true": "what is older has no bucket; this reads by the index",
    "private.requests_by_bucket: where r.minute >= since: true": "as in dashboard_buckets",
    "private.may_bring_up: where r.person_id = person: true": "the counts ask as well; this finds by the indexes",
    "private.may_bring_up: where (r.org_id = org or r.person_id = person): true": "as above",
    "backend.jobs_begin_compare: no private.require_function (0)": "billing_begin refuses as well, which undoes the first statement",
    "backend.jobs_announce_plans: where k.plan <> private.plan_of(k.org_id): true": "announce_plan asks as well; this locks none but them",
    "private.inbox_figures: where w.status in ('waiting', 'dead'): true": "each filter asks as well; this reads by the index",
    # Of no moment: one microsecond of a clock that never stands still.
    "gate.spend_write: <= in where b.due_at is null or b.due_at < clock_timestamp() + interval": "a microsecond",
    "gate.spend_write: <= in stamp()) + apart where b.due_at < clock_timestamp() + interval": "a microsecond",
    "private.is_left: >= in e_at + w.period / w.quantity - w.period > clock_timestamp() ); end": "a microsecond",
    "private.spend: < in s w where w.bucket = b.bucket ) <= clock_timestamp() ret": "a microsecond",
    "private.kept_answer: >= in .digest = claim.digest and k.expires_at > clock_timestamp(); if kep": "a microsecond",
    "private.kept_answer: >= in new one.'); elsif kept.lease_until > clock_timestamp() then": "a microsecond",
    "private.date_past_due: >= in d.subscription_ref and s.past_due_since > failed.since; end": "the same in other words",
    "private.date_past_due: where s.org_id = customer.org_id: true": "an id of one provider and mode is one organization's",
}
