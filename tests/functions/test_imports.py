"""What each handler imports: a cold start is a budget."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANDLERS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "functions").rglob("*.py")
    if "handler = " in path.read_text()
)
# Development tools and SDKs that no handler may need, whatever else it does.
NEVER = {
    "fastapi",
    "supabase",
    "supabase_auth",
    "storage3",
    "realtime",
    "stripe",
    "cryptography",
    "psycopg",
    "pytest",
    "uvicorn",
}
# The asynchronous halves of anyio and httpcore wait until somebody uses them.
LATER = {"httpcore", "anyio._backends._asyncio", "certifi"}
HEALTH_NEVER = {"pydantic", "pydantic_core", "httpx", "postgrest"}


def imported(module: str) -> set[str]:
    program = f"import {module}, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_imports_only_what_it_uses(handler: str) -> None:
    modules = imported(handler)
    assert modules & NEVER == set()
    if handler == "functions.core.health":
        assert modules & (HEALTH_NEVER | LATER) == set()


def test_the_handlers_are_found() -> None:
    assert {"functions.auth.api_keys", "functions.core.health"} <= set(HANDLERS)


def test_a_handler_can_be_imported_without_an_environment() -> None:
    program = "import functions.auth.profile"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={}, check=True)


def test_no_file_of_shared_is_named_like_a_standard_module() -> None:
    names = {path.stem for path in (ROOT / "shared").glob("*.py")}
    assert names & sys.stdlib_module_names == set()
