"""The deployable units: a process for each, so that each holds its own function key and no other's."""

import signal
import sys
from collections.abc import Mapping

from dev import github, market, post, surroundings
from dev.children import Child, Children
from dev.keyring import Keyring
from dev.packages import CHECKOUT
from dev.ports import Ports
from dev.project import Project
from ops.function_keys import MAY_ACT_AS


def names() -> list[str]:
    """Return the folders of functions/ that hold functions."""
    folders = (CHECKOUT / "functions").iterdir() if (CHECKOUT / "functions").is_dir() else iter(())
    return sorted(folder.name for folder in folders if folder.is_dir() and any(folder.glob("[!_]*.py")))


def environment(unit: str, ports: Ports, keyring: Keyring, project: Project) -> Mapping[str, str]:
    """Return what a deployed function would be given, and the name of the unit."""
    # Whoever admits callers checks their API keys; nobody else has a use for the peppers.
    peppers = {"API_KEY_PEPPERS": f"1:{keyring.pepper}"} if "gatekeeper" in MAY_ACT_AS.get(unit, []) else {}
    # Mail is sent by jobs.
    mail = post.settings(ports, project.site_url) if "job_runner" in MAY_ACT_AS.get(unit, []) else {}
    watchers = {"METRICS_TOKEN": keyring.metrics_token} if "observer" in MAY_ACT_AS.get(unit, []) else {}
    bills = market.settings(ports, keyring) if "billing_writer" in MAY_ACT_AS.get(unit, []) else {}
    return surroundings.clean(
        MAINSTAY_UNIT=unit,
        SUPABASE_URL=f"http://127.0.0.1:{ports.gateway}",
        SUPABASE_PUBLISHABLE_KEY=keyring.publishable_key,
        FUNCTION_KEY=keyring.function_key(unit),
        ENVIRONMENT="development",
        ALLOWED_ORIGINS=",".join(project.origins),
        RELEASE="local",
        JOBS_URL=f"http://127.0.0.1:{ports.gateway}",
        JOBS_SECRET=keyring.jobs_secret,
        GITHUB_KEYS_URL=f"http://127.0.0.1:{ports.gateway}{github.PATH}",
        PYTHONUNBUFFERED="1",
        **peppers,
        **mail,
        **watchers,
        **bills,
    )


def start(children: Children, unit: str, port: int, env: Mapping[str, str], *, reload: bool) -> Child:
    """Start one unit under uvicorn. Without uvloop a reloading server takes 44 ms for each request (Nagle)."""
    args = [
        *(sys.executable, "-m", "uvicorn", "--factory", "dev.functions:app"),
        *("--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop"),
        *("--no-access-log", "--no-server-header", "--timeout-keep-alive", "75", "--lifespan", "off"),
        *(("--reload", "--reload-dir", "functions", "--reload-dir", "shared") if reload else ()),
    ]
    # A reloader takes a second to end kindly, and holds nothing that must be put away.
    stop = signal.SIGKILL if reload else signal.SIGTERM
    return children.start(f"functions-{unit}", args, env=env, word="dev.functions:app", cwd=CHECKOUT, stop=stop)
