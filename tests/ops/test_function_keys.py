"""Function keys: made, rotated without a gap, ended."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from dev.stack import Stack

ROOT = Path(__file__).resolve().parents[2]


def run(stack: Stack, *arguments: str, **environment: str) -> str:
    """Run the command as an operator does."""
    ran = subprocess.run(
        [sys.executable, "-m", "ops.function_keys", *arguments],
        cwd=ROOT,
        env={"DATABASE_URL": stack.database_url(), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


@pytest.mark.parametrize("value", [None, "", " "])
def test_without_a_database_nothing_is_asked(value: str | None) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ops.function_keys", "make", "core"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"} | ({} if value is None else {"DATABASE_URL": value}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "set DATABASE_URL to the project's database" in ran.stderr


def test_no_key_is_kept_that_is_not_named(stack: Stack) -> None:
    with pytest.raises(subprocess.CalledProcessError, match="exit status 2"):
        run(stack, "remove-others", "core", FUNCTION_KEY="")
    assert works(stack, stack.function_key("core"))


def works(stack: Stack, key: str) -> bool:
    headers = {"X-Function-Key": key, "X-Act-As": "observer", "Content-Profile": "backend"}
    return httpx.post(f"{stack.rest_url}/rpc/health", headers=headers, json={}).is_success


def test_a_rotation_leaves_no_moment_without_a_valid_key(stack: Stack) -> None:
    present = stack.function_key("core")
    new = run(stack, "make", "core")
    assert new.startswith("mainstay_fn_core_")
    assert works(stack, present)
    assert works(stack, new)
    # The other way round, so that the stack's own key stays.
    assert run(stack, "remove-others", "core", FUNCTION_KEY=present) == "1 older key(s) removed"
    assert works(stack, present)
    assert not works(stack, new)
