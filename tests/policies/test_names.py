"""Names of organizations that were stored before blanks were refused: the migration mends them and keeps the others."""

from pathlib import Path

import pytest

from tests.policies.court import Court

MIGRATION = Path(__file__).parents[2] / "supabase" / "migrations" / "20261121125000_auth_organization_names.sql"
BEFORE = """
drop trigger tidy_name on public.organizations;
drop function private.tidy_organization_name();
alter table public.organizations drop constraint organizations_name_check1;
update public.organizations set name = {} where id = '{}'
"""


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("' '", "Unnamed"),
        (r"E'\u00a0\u3000'", "Unnamed"),
        (r"E' \u2003Firm  of two \u00a0'", "Firm  of two"),
        ("'Firm'", "Firm"),
        ("repeat('x', 100)", "x" * 100),
    ],
)
def test_the_migration_breaks_on_no_name_that_was_stored_before(court: Court, stored: str, kept: str) -> None:
    with court.hearing():
        court.connection.execute(BEFORE.format(stored, court.firm.organization).encode())
        court.connection.execute(MIGRATION.read_bytes())
        name = court.world.value("select name from public.organizations where id = %s", court.firm.organization)
        assert name == kept
