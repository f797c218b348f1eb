"""Mutants that no judge tells, each with its reason."""

SPARED = {
    # Two at once; these rows are locked a moment later all the same, by the change itself or its reference.
    "backend.staff_name_owner: no private.lock_organization (1)": "shows only to two at once",
    "private.create_invitation: no private.lock_organization (1)": "shows only to two at once",
    "private.delete_organization: no private.lock_organization (0)": "shows only to two at once",
    "private.accept_invitation: no private.lock_organization (0)": "shows only to two at once",
    "private.transfer_organization: no private.lock_organization (0)": "shows only to two at once",
    "private.mark_ownerless: where r.role = 'owner': true": "locks more than it must",
    "gate.spend_write: where b.due_at < clock_timestamp() + interval '1 minute' - apart: true": (
        "shows only to two at once: the bucket was looked at just before"
    ),
    # The same in other words.
    "private.seal_audit: <= in next_xact, '0'::xid8); if from_xact < to_xact then block :=": "an empty range has no entries",
    # Second layers.
    "private.revoke_api_key: without and k.org_id in (select private.orgs_with('api-keys:write'))": (
        "the second question refuses, which undoes the first statement"
    ),
    # Of no moment: one microsecond of a clock that never stands still.
    "gate.spend_write: <= in where b.due_at is null or b.due_at < clock_timestamp() + interval": "a microsecond",
    "gate.spend_write: <= in stamp()) + apart where b.due_at < clock_timestamp() + interval": "a microsecond",
}
