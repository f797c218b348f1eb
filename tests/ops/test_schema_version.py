from pathlib import Path

import pytest

from functions.core import schema_version as written
from ops import schema_version

TEXT = '"""The newest migration."""\n\nNEWEST = "20260101000000"\n'


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for name in ("20260101000000_core_one.sql", "20260202000000_auth_two.sql"):
        (folder / name).write_text("select 1;")
    return folder


def test_the_code_names_the_newest_migration() -> None:
    assert schema_version.newest() == written.NEWEST


def test_it_is_written_and_checked(tmp_path: Path, migrations: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "schema_version.py"
    file.write_text(TEXT)
    assert schema_version.main(["check"], file, migrations) == 1
    assert "run `python -m ops.schema_version write`" in capsys.readouterr().err
    assert schema_version.main(["write"], file, migrations) == 0
    assert file.read_text() == TEXT.replace("20260101", "20260202")
    assert schema_version.main(["check"], file, migrations) == 0
