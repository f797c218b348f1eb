"""Settings of a function, read once from its environment; no other file reads os.environ. Standard library only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from shared.addresses import read_api_or_none
from shared.billing_settings import BillingSettings
from shared.mail_settings import MailSettings
from shared.values import (
    LOOPBACK,
    Pepper,
    Secret,
    Variable,
    one_of,
    read_brand,
    read_flag,
    read_origins,
    read_page,
    read_peppers,
    read_secret,
    read_shared_secret,
    read_text,
    read_url,
    secret_url,
)
from shared.watch_settings import WatchSettings

VERSION = "0.1.0"


class Misconfigured(Exception):
    """The environment is incomplete or wrong; the message names variables and never their values."""


_redis = secret_url("redis", "rediss")
_sentry = secret_url("https", "http")
_environments = one_of("development", "staging", "production")
_levels = one_of("debug", "info", "warn", "error")


@dataclass(frozen=True, kw_only=True)
class Settings(MailSettings, BillingSettings, WatchSettings):
    """What a function is told by its environment; each variable is declared here, or in a file of settings."""

    supabase_url: Annotated[str, Variable("SUPABASE_URL", read_url, "Base URL of the Supabase project.")]
    publishable_key: Annotated[
        str, Variable("SUPABASE_PUBLISHABLE_KEY", read_text, "The project's publishable key (sb_publishable_...).")
    ]
    function_key: Annotated[
        Secret, Variable("FUNCTION_KEY", read_secret, "Secret. This function's own key; the database knows its digest.")
    ]
    api_key_peppers: Annotated[
        tuple[Pepper, ...],
        Variable(
            "API_KEY_PEPPERS",
            read_peppers,
            "Secret, for functions that handle API keys or invitations. <version>:<base64url of 32 bytes>,"
            " comma-separated; the highest makes new keys, all verify.",
            "",
        ),
    ]
    brand: Annotated[
        str,
        Variable("API_KEY_BRAND", read_brand, "First part of every API key: 3 to 8 lower-case letters.", "mainstay"),
    ]
    live: Annotated[
        bool, Variable("LIVE", read_flag, "true: makes and takes live API keys; false: test ones.", "false")
    ]
    environment: Annotated[
        str, Variable("ENVIRONMENT", _environments, "development, staging or production.", "production")
    ]
    log_level: Annotated[str, Variable("LOG_LEVEL", _levels, "debug, info, warn or error.", "info")]
    allowed_origins: Annotated[
        frozenset[str],
        Variable("ALLOWED_ORIGINS", read_origins, "Origins that browsers may call from, comma-separated.", ""),
    ]
    github_keys_url: Annotated[
        str,
        Variable(
            "GITHUB_KEYS_URL",
            read_page,
            "Where GitHub publishes the keys that sign its alerts of leaked API keys.",
            "https://api.github.com/meta/public_keys/secret_scanning",
        ),
    ]
    github_token: Annotated[
        Secret,
        Variable(
            "GITHUB_TOKEN", read_secret, "Secret, optional: GitHub tells its keys more often to whom it knows.", ""
        ),
    ]
    jobs_secret: Annotated[
        Secret,
        Variable(
            "JOBS_SECRET",
            read_shared_secret,
            "Secret of 32 characters or more, shared by functions that tell the jobs function of work.",
            "",
        ),
    ]
    jobs_url: Annotated[
        str, Variable("JOBS_URL", read_api_or_none, "Where the jobs function is; without it, it looks each minute.", "")
    ]
    redis_url: Annotated[
        Secret,
        Variable(
            "REDIS_URL", _redis, "Secret. A Redis that caches of all processes share; it needs the package redis.", ""
        ),
    ]
    sentry_dsn: Annotated[
        Secret, Variable("SENTRY_DSN", _sentry, "Secret. Where Sentry takes errors; it needs sentry-sdk.", "")
    ]
    hsts_preload: Annotated[
        bool, Variable("HSTS_PRELOAD", read_flag, "true: adds preload to Strict-Transport-Security.", "false")
    ]
    release: Annotated[str, Variable("RELEASE", read_text, "Commit or build id, shown by logs and health.", "unknown")]

    @property
    def peppers(self) -> tuple[Pepper, ...]:
        """Return the peppers, newest first; raises Misconfigured where they are needed and none is set."""
        if not self.api_key_peppers:
            raise Misconfigured("API_KEY_PEPPERS is not set, and this function handles API keys or invitations")
        return self.api_key_peppers

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Read every variable; raises Misconfigured with all problems at once."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for field, variable in variables().items():
            try:
                values[field] = variable.value(environment)
            except ValueError as problem:
                problems.append(f"{variable.name} {problem}")
        if values.get("environment") == "production" and _is_open(values.get("supabase_url", "")):
            problems.append("SUPABASE_URL needs https in production")
        if values.get("environment") == "production" and _is_open(values.get("stripe_api_base", "")):
            problems.append("STRIPE_API_BASE needs https in production")
        if problems:
            raise Misconfigured("; ".join(problems))
        return cls(**values)


def variables() -> dict[str, Variable]:
    """Return every variable by the field it fills."""
    declared = [each for kind in Settings.__mro__[:-1] for each in kind.__annotations__.items()]
    return {name: hint.__metadata__[0] for name, hint in declared}


def example() -> str:
    """Return the text of .env.example."""
    lines = ["# What a function reads from its environment. Values shown are the defaults."]
    for variable in variables().values():
        lines += ["", f"# {variable.says}", f"{variable.name}={variable.default or ''}"]
    return "\n".join(lines) + "\n"


@cache
def settings() -> Settings:
    """Return this process's settings."""
    return Settings.read(os.environ)


def lambda_api() -> str | None:
    """Return where Lambda takes registrations, if this function is to register; asked while it is imported."""
    wanted = os.environ.get(variables()["lambda_farewell"].name, "").strip() == "true"
    return os.environ.get("AWS_LAMBDA_RUNTIME_API") if wanted else None


def _is_open(url: str) -> bool:
    return url.startswith("http:") and urlsplit(url).hostname not in LOOPBACK
