"""One permission at a time: what opens to a person, or to a key, that holds nothing else."""

from collections.abc import Iterator

from tests.policies import roles
from tests.policies.cast import Caller
from tests.policies.court import Court, as_person

# What each permission opens, and it alone.
OPENS: dict[str, set[str]] = {
    "members:read": {"memberships", "seats"},
    "billing:read": {"billing_customers", "subscriptions", "invoices"},
    "members:write": {
        "invitations",
        "change_role",
        "remove_member",
        "create_invitation",
        "resend_invitation",
        "revoke_invitation",
    },
    "api-keys:read": {"api_keys"},
    "api-keys:write": {
        "create_api_key",
        "rotate_api_key",
        "change_api_key",
        "adopt_key",
        "revoke_api_key",
        "revoke_api_keys",
    },
    "audit:read": {"audit_log", "audit_report"},
    "settings:read": {"organizations"},
    "settings:write": {"rename"},
    "ownership:write": {"transfer_organization", "delete_organization"},
}
# What goes on where nothing else is changed: a key that leaked must end.
ENDS = {"revoke_api_key", "revoke_api_keys"}
KEY_OPENS = {
    "profile:read": {"profiles"},
    "members:read": {"memberships", "seats"},
    "billing:read": {"billing_customers", "subscriptions", "invoices"},
    "api-keys:read": {"api_keys"},
    "audit:read": {"audit_log", "audit_report"},
    "settings:read": {"organizations"},
}


def opened(court: Court, caller: Caller, acts: dict[str, str]) -> set[str]:
    """Return what the caller can do."""
    outcomes = {name: court.ask(caller, act, function="auth") for name, act in acts.items()}
    return {name for name, outcome in outcomes.items() if outcome.done and (name != "rename" or outcome.touched > 1)}


def judge_people(
    court: Court, *, aal: str = "aal1", closed: set[str] | None = None, left: set[str] | None = None
) -> Iterator[str]:
    """Tell of every permission that opens something else to a person than it should; of closed ones no more is left."""
    sole = court.sole
    for permission, person in sole.people.items():
        due = OPENS.get(permission, set())
        if permission in (closed or set()):
            due = due & (left or set())
        found = opened(court, as_person(person, aal=aal), sole.acts(permission))
        if found != due:
            yield f"{permission} opens {sorted(found)} to a person with {aal}, not {sorted(due)}"


def judge_keys(court: Court) -> Iterator[str]:
    """Tell of every scope that opens something else to a key than it should, by its own scope or by its maker's role."""
    sole = court.sole
    for permission in roles.PERMISSIONS:
        due = KEY_OPENS.get(permission, set())
        for kind, key in (("a key with", sole.keys), ("a key of somebody with", sole.keys_of_people)):
            found = opened(court, Caller("integrator", key[permission].claims()), sole.reads())
            if found != due:
                yield f"{kind} {permission} opens {sorted(found)}, not {sorted(due)}"


def judge_second_factor(court: Court) -> Iterator[str]:
    """Tell of what a second factor should guard where it is demanded, and of what it should not."""
    with court.meanwhile(f"update organizations set demands_aal2 = true where id = '{court.sole.organization}'"):
        yield from judge_people(court, aal="aal1", closed=roles.SENSITIVE)
        yield from judge_people(court, aal="aal2")


def judge_frozen(court: Court) -> Iterator[str]:
    """Tell of what can be changed in an organization that nobody owns."""
    writing = {permission for permission in roles.PERMISSIONS if permission.endswith(":write")}
    with court.meanwhile(f"update organizations set ownerless_at = now() where id = '{court.sole.organization}'"):
        yield from judge_people(court, aal="aal2", closed=writing, left=ENDS)
        yield from judge_keys(court)


# Roles that the court makes for itself hold one permission each.
STORED = """
select p.permission, array(select rp.role from private.role_permissions as rp where rp.permission = p.permission
    and rp.role !~ '^sole_') || case when p.sensitive then array['sensitive'] else '{}' end
from private.permissions as p
"""


def judge_roles(court: Court) -> Iterator[str]:
    """Tell of every permission that is held otherwise than on the screen, and of roles that it does not name."""
    stored = {permission: set(holders) for permission, holders in court.connection.execute(STORED.encode()).fetchall()}
    for permission in sorted(stored.keys() | roles.screen()):
        if stored.get(permission) != roles.screen().get(permission):
            yield f"{permission} is held by {stored.get(permission)}, not by {roles.screen().get(permission)}"
    names = court.world.value("select array_agg(role) from private.roles where role !~ '^sole_'")
    if set(names) != {"owner", "admin", "billing", "member"}:
        yield f"the roles are {names}"
