"""What each handler imports: a cold start is a budget."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANDLERS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "functions").rglob("*.py")
    if "handler = " in path.read_text()
)
SHIPPED = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "functions.txt").read_text(), re.MULTILINE))
# The distributions a handler may import.
LEAST = {"anyio", "mangum", "starlette", "typing-extensions"}
DATA = LEAST | {
    *("annotated-types", "pydantic", "pydantic-core", "typing-inspection"),
    *("deprecation", "httpx", "idna", "multidict", "packaging", "postgrest", "propcache", "yarl"),
}
# The payment provider's SDK goes over requests.
PAYS = DATA | {"certifi", "charset-normalizer", "requests", "stripe", "urllib3"}
# A handler that is not here reads data. Whoever wants a further package writes it down with its reason.
MAY = {
    "functions.auth.leaks": DATA | {"cryptography", "cffi", "pycparser"},  # GitHub signs with ECDSA
    "functions.billing.checkout": PAYS,
    "functions.billing.invoices": PAYS,
    "functions.billing.portal": PAYS,
    "functions.billing.subscription": PAYS,
    "functions.core.dashboard": LEAST,
    "functions.core.docs": LEAST,
    "functions.core.health": LEAST,
}
# The asynchronous halves of anyio and httpcore wait until somebody uses them.
LATER = {"httpcore", "anyio._backends._asyncio", "certifi"}
# Runs with a list of packages that cannot be found, as if only what ships were installed.
PROGRAM = """
import importlib, json, sys
hidden = set(json.load(sys.stdin))
class Nothing:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nothing)
importlib.import_module(sys.argv[1])
print(*sys.modules)
"""


def named(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(module: str) -> set[str]:
    hidden = [name for name, owners in packages_distributions().items() if not SHIPPED & set(map(named, owners))]
    command = [sys.executable, "-c", PROGRAM, module]
    run = subprocess.run(command, cwd=ROOT, input=json.dumps(hidden), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_imports_only_what_it_uses(handler: str) -> None:
    modules = imported(handler)
    owners = packages_distributions()
    packages = {name.partition(".")[0] for name in modules}
    used = {named(owner) for name in packages for owner in owners.get(name, [])}
    assert used & SHIPPED <= MAY.get(handler, DATA)
    assert modules & LATER <= MAY.get(handler, DATA)


def test_the_handlers_are_found() -> None:
    assert {"functions.auth.api_keys", "functions.core.health"} <= set(HANDLERS)
    assert MAY.keys() <= set(HANDLERS)


def test_what_ships_holds_neither_a_framework_nor_every_sdk_at_once() -> None:
    assert SHIPPED >= DATA
    assert not SHIPPED & {"fastapi", "supabase", "boto3", "psycopg", "uvicorn"}


def test_a_handler_can_be_imported_without_an_environment() -> None:
    program = "import functions.auth.profile"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={}, check=True)


def test_no_file_of_shared_is_named_like_a_standard_module() -> None:
    names = {path.stem for path in (ROOT / "shared").glob("*.py")}
    assert names & sys.stdlib_module_names == set()
