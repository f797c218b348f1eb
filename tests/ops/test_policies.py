"""The policies folder against migrations and against a database."""

from pathlib import Path

import pytest

from dev.stack import Stack
from ops import policies
from ops.access import verify


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "policies").mkdir()
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "20990101000000_core_first.sql").write_text("select 1;\n")
    (tmp_path / "policies" / "things.sql").write_text("call private.close('public.things');\n")
    (tmp_path / "policies" / "people.sql").write_text("call private.close('public.people');\n")
    return tmp_path / "policies", tmp_path / "migrations"


def test_the_project_is_in_step() -> None:
    assert policies.differences() == ([], [])


def test_only_changed_files_are_compiled_into_the_next_migration(folders: tuple[Path, Path]) -> None:
    source, migrations = folders
    first = policies.compile_changed(source, migrations)
    assert first
    assert first.name == "20990101000001_core_policies.sql"
    assert policies.differences(source, migrations) == ([], [])
    assert policies.compile_changed(source, migrations) is None

    (source / "things.sql").write_text("call private.close('public.things');\n-- changed\n")
    assert policies.differences(source, migrations) == ([source / "things.sql"], [])
    second = policies.compile_changed(source, migrations)
    assert second
    assert "people" not in second.read_text()


def test_a_policy_file_cannot_just_go(folders: tuple[Path, Path]) -> None:
    source, migrations = folders
    policies.compile_changed(source, migrations)
    (source / "things.sql").unlink()
    assert policies.differences(source, migrations) == ([], ["things.sql"])
    with pytest.raises(SystemExit, match=r"things\.sql"):
        policies.compile_changed(source, migrations)


def test_a_migrated_database_holds_what_the_folder_says(stack: Stack) -> None:
    with stack.database("in_step") as database:
        assert verify(database.dsn(), policies.POLICIES) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("create policy rogue on profiles for select to anon using (true)", "rogue"),
        ("alter policy profiles_select on profiles using (true)", "profiles_select"),
        ("drop policy api_keys_select on api_keys", "api_keys_select"),
        ("grant delete on api_keys to authenticated", "public.api_keys"),
        ("grant update (role) on memberships to authenticated", "public.memberships.role"),
        ("revoke select on profiles from integrator", "public.profiles"),
        ("create table forgotten (id int primary key)", "no policy file: public.forgotten"),
    ],
)
def test_what_was_changed_elsewhere_shows(stack: Stack, change: str, named: str) -> None:
    with stack.database("out_of_step", prepare=change) as database:
        assert any(named in problem for problem in verify(database.dsn(), policies.POLICIES))
