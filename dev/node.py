"""The gateway: one Node process, with lite's Auth inside it unless a real one is used."""

import json
import subprocess

from dev import github, packages, post, surroundings
from dev.children import Child, Children
from dev.keyring import Keyring
from dev.ports import Ports
from dev.project import Project
from dev.trouble import Trouble

FOLDER = packages.CHECKOUT / "dev" / "gateway"
# Seconds until the gateway answers in the place of a part that does not; functions have what Amazon API Gateway gives.
PATIENCE = {"servers": 35, "functions": 29}


def auth_schema() -> subprocess.Popen[str]:
    """Begin to print the tables that lite's Auth needs; Node takes its time to load it."""
    args = [str(packages.node()), str(FOLDER / "schema.mjs")]
    return subprocess.Popen(
        args, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )


def read_schema(printing: subprocess.Popen[str]) -> str:
    """Return what `auth_schema` began."""
    sql, complaint = printing.communicate()
    if printing.returncode:
        raise Trouble(f"Node cannot load @supabase/lite, run `make clean setup`: {complaint.strip().splitlines()[-1:]}")
    return sql


def start(  # noqa: PLR0913 - what the gateway stands between
    children: Children,
    ports: Ports,
    keyring: Keyring,
    project: Project,
    units: dict[str, int],
    *,
    lite_dsn: str | None,
    reload: bool,
) -> Child:
    """Start it; its settings go through its standard input, because they hold every key."""
    settings = {
        "port": ports.gateway,
        "restPort": ports.postgrest,
        "authPort": ports.auth,
        "units": units,
        "url": f"http://127.0.0.1:{ports.gateway}",
        "publishableKey": keyring.publishable_key,
        "secretKey": keyring.secret_key,
        "signingKey": keyring.signing_key,
        "patience": {name: 1000 * seconds for name, seconds in PATIENCE.items()},
        "reload": reload,
        "published": {github.PATH: github.published(keyring.github_key)},
        "lite": lite_dsn
        and {
            "databaseUrl": lite_dsn,
            "auth": _lite(project, keyring),
            "mail": {"port": ports.mailbox, "from": {"name": post.PRODUCT, "address": post.SENDER}},
        },
    }
    main = FOLDER / "main.mjs"
    args = [packages.node(), main]
    return children.start("gateway", args, env=_environment(), word=str(main), says=json.dumps(settings))


def _lite(project: Project, keyring: Keyring) -> dict[str, object]:
    return {
        "enabled": True,
        "jwt_secret": keyring.lite_secret,
        "jwt_expiry": project.token_seconds,
        "enable_signup": project.auth.get("enable_signup", True),
        "site_url": project.site_url,
        "additional_redirect_urls": project.redirects,
        "minimum_password_length": project.password_length,
        "password_requirements": project.auth.get("password_requirements", ""),
        "enable_refresh_token_rotation": project.auth.get("enable_refresh_token_rotation", True),
        "refresh_token_reuse_interval": project.auth.get("refresh_token_reuse_interval", 10),
        "email": {"enable_signup": True, "enable_confirmations": project.confirms_by_mail},
    }


def _environment() -> dict[str, str]:
    return surroundings.clean(DO_NOT_TRACK="1", LITE_TELEMETRY="0", NODE_ENV="production")
