"""Mutants of roles, schemas, defaults and of who holds which permission."""

from collections.abc import Iterator

from tests.policies import rights, roles
from tests.policies.court import Court
from tests.policies.mutant import Mutant

REQUEST_ROLES = ("anon", "authenticated", "service_role", *rights.NARROW)
SCHEMAS = ("public", "private", "backend", "gate", "hooks", "extensions", "auth")
ATTRIBUTES = ("login", "inherit", "createrole", "createdb", "superuser", "bypassrls", "replication", "password 'x'")


def of_attributes(_: Court) -> Iterator[Mutant]:
    """Give each role of a request more than it should have."""
    for role in (*REQUEST_ROLES, "authenticator"):
        for attribute, has in zip(ATTRIBUTES, rights.ROLES_ARE[role], strict=True):
            if not has:
                yield Mutant(f"{role} {attribute}", f"alter role {role} {attribute}", "role", "roles")
        for other in ("pg_read_all_data", "service_role", "integrator"):
            if role not in {other, "authenticator"}:
                yield Mutant(f"{role} is {other}", f"grant {other} to {role}", "membership", "roles")


def of_schemas(_: Court) -> Iterator[Mutant]:
    """Let each role into each schema, to use it or to create in it, and give away what will be made there."""
    for schema, role, verb in [
        (s, r, v) for s in SCHEMAS for r in (*REQUEST_ROLES, "public") for v in ("create", "usage")
    ]:
        used = rights.MANIFEST[role]["schemas"] if role in rights.MANIFEST else ["public"]
        if verb == "create" or schema not in used:
            change = f"grant {verb} on schema {schema} to {role}"
            yield Mutant(f"{role} may {verb} in {schema}", change, "schema", "schemas")
    for schema, kind in [(s, k) for s in SCHEMAS if s != "auth" for k in ("tables", "functions", "sequences")]:
        change = f"alter default privileges for role postgres in schema {schema} grant all on {kind} to authenticated"
        yield Mutant(f"new {kind} of {schema} are everybody's", change, "default", "defaults")


def of_permissions(_: Court) -> Iterator[Mutant]:
    """Give each permission to each role that lacks it, take it from each that holds it, and turn its sensitivity."""
    for permission, holders in roles.screen().items():
        held = f"role = '{{}}' and permission = '{permission}'"
        for role in ("owner", "admin", "billing", "member"):
            take = f"delete from private.role_permissions where {held.format(role)}"
            give = f"insert into private.role_permissions values ('{role}', '{permission}')"
            yield Mutant(f"{role} and {permission}, turned", take if role in holders else give, "held", "held")
        turn = f"update private.permissions set sensitive = not sensitive where permission = '{permission}'"
        yield Mutant(f"{permission} and sensitive, turned", turn, "held", "held")
