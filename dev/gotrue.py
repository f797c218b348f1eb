"""A real Supabase Auth in place of lite's: what AUTH_BINARY names, with the environment it needs."""

import json
import subprocess
from pathlib import Path

from dev import post, surroundings
from dev.children import Child, Children
from dev.keyring import Keyring
from dev.ports import Ports
from dev.project import Project
from dev.trouble import Trouble

# Names as in internal/conf/configuration.go of github.com/supabase/auth, and as the Supabase CLI sets them.

MAILS = ("INVITE", "CONFIRMATION", "RECOVERY", "EMAIL_CHANGE")


def environment(binary: Path, ports: Ports, keyring: Keyring, project: Project, dsn: str) -> dict[str, str]:
    """Return everything that Auth is told."""
    url = f"http://127.0.0.1:{ports.gateway}"
    settings = {
        "GOTRUE_DB_DRIVER": "postgres",
        "DATABASE_URL": f"{dsn}?search_path=auth&sslmode=disable",
        "GOTRUE_DB_DATABASE_URL": f"{dsn}?search_path=auth&sslmode=disable",
        "DB_NAMESPACE": "auth",
        "GOTRUE_DB_NAMESPACE": "auth",
        "API_EXTERNAL_URL": f"{url}/auth/v1",
        "GOTRUE_API_HOST": "127.0.0.1",
        "GOTRUE_API_PORT": str(ports.auth),
        "PORT": str(ports.auth),
        "GOTRUE_SITE_URL": project.site_url,
        "GOTRUE_URI_ALLOW_LIST": ",".join(project.redirects),
        "GOTRUE_DISABLE_SIGNUP": _switch(not project.auth.get("enable_signup", True)),
        "GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED": _switch(project.auth.get("enable_anonymous_sign_ins", False)),
        "GOTRUE_PASSWORD_MIN_LENGTH": str(project.password_length),
        "GOTRUE_PASSWORD_REQUIRED_CHARACTERS": ":".join(
            characters.replace(":", "\\:") for characters in project.password_characters
        ),
        **_mail(url, ports, project),
        **_tokens(url, keyring, project),
        **_factors_and_sessions(project),
        **_hooks(project),
    }
    # Older releases read their migrations from a folder beside the program, newer ones carry them inside.
    if (migrations := binary.parent / "migrations").is_dir():
        settings["GOTRUE_DB_MIGRATIONS_PATH"] = str(migrations)
    return surroundings.clean(**settings)


def migrate(binary: Path, env: dict[str, str]) -> None:
    """Bring schema auth to what this binary needs; a repeat changes nothing."""
    ran = subprocess.run(
        [str(binary), "migrate"],
        env=env,
        cwd=binary.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        said = (ran.stderr.strip() or ran.stdout.strip() or "it said nothing").splitlines()
        raise Trouble(f"`{binary.name} migrate` failed: {said[-1]}")


def serve(children: Children, binary: Path, env: dict[str, str]) -> Child:
    """Start it."""
    return children.start("auth", [binary, "serve"], env=env, word=str(binary), cwd=binary.parent)


def _tokens(url: str, keyring: Keyring, project: Project) -> dict[str, str]:
    key = {**keyring.signing_key, "key_ops": ["sign", "verify"]}
    return {
        "GOTRUE_JWT_SECRET": keyring.lite_secret,
        "GOTRUE_JWT_KEYS": json.dumps([key]),
        "GOTRUE_JWT_VALID_METHODS": "ES256",
        "GOTRUE_JWT_VALIDMETHODS": "ES256",
        "GOTRUE_JWT_AUD": "authenticated",
        "GOTRUE_JWT_EXP": str(project.token_seconds),
        "GOTRUE_JWT_DEFAULT_GROUP_NAME": "authenticated",
        "GOTRUE_JWT_ADMIN_ROLES": "service_role",
        "GOTRUE_JWT_ISSUER": f"{url}/auth/v1",
        "GOTRUE_SECURITY_REFRESH_TOKEN_ROTATION_ENABLED": _switch(
            project.auth.get("enable_refresh_token_rotation", True)
        ),
        "GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL": str(project.auth.get("refresh_token_reuse_interval", 10)),
    }


def _mail(url: str, ports: Ports, project: Project) -> dict[str, str]:
    mail = project.auth.get("email", {})
    return {
        "GOTRUE_SMTP_HOST": "127.0.0.1",
        "GOTRUE_SMTP_PORT": str(ports.mailbox),
        "GOTRUE_SMTP_ADMIN_EMAIL": post.SENDER,
        "GOTRUE_SMTP_SENDER_NAME": post.PRODUCT,
        "GOTRUE_EXTERNAL_EMAIL_ENABLED": _switch(mail.get("enable_signup", True)),
        "GOTRUE_MAILER_AUTOCONFIRM": _switch(not project.confirms_by_mail),
        "GOTRUE_RATE_LIMIT_EMAIL_SENT": "360000",
        **{f"GOTRUE_MAILER_URLPATHS_{kind}": f"{url}/auth/v1/verify" for kind in MAILS},
    }


def _factors_and_sessions(project: Project) -> dict[str, str]:
    totp = project.auth.get("mfa", {}).get("totp", {})
    sessions = project.auth.get("sessions", {})
    # Auth refuses a bound of nothing, so what is not set is not said.
    bounds = {name: str(sessions[name]) for name in ("timebox", "inactivity_timeout") if sessions.get(name)}
    return {
        "GOTRUE_MFA_TOTP_ENROLL_ENABLED": _switch(totp.get("enroll_enabled", False)),
        "GOTRUE_MFA_TOTP_VERIFY_ENABLED": _switch(totp.get("verify_enabled", False)),
        **{f"GOTRUE_SESSIONS_{name.upper()}": bound for name, bound in bounds.items()},
    }


def _hooks(project: Project) -> dict[str, str]:
    settings = {}
    for name, uri in project.hooks.items():
        settings[f"GOTRUE_HOOK_{name.upper()}_ENABLED"] = "true"
        settings[f"GOTRUE_HOOK_{name.upper()}_URI"] = uri
    return settings


def _switch(value: object) -> str:
    return "true" if value else "false"
