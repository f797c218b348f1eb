"""Sentry, where SENTRY_DSN is set: told of errors, never of requests or variables. Imports sentry_sdk only then."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from shared.config import Misconfigured, Settings
from shared.logs import known_secrets, logger, redact

# A function that has answered may be frozen with what it has not sent yet; nobody waits longer than this for it.
SENDING_SECONDS = 1.0
LEVELS = {"low": "info", "medium": "warning", "high": "error", "critical": "fatal"}

_begun: dict[str, Any] = {}


def begin(settings: Settings) -> None:
    """Make ready once, where it is set; raises Misconfigured where its package is missing."""
    dsn = settings.sentry_dsn.reveal()
    if not dsn or dsn in _begun:
        return
    try:
        sdk: Any = importlib.import_module("sentry_sdk")
    except ModuleNotFoundError as missing:
        raise Misconfigured("SENTRY_DSN is set, but the package sentry-sdk is not installed") from missing
    known = known_secrets(settings)
    sdk.init(
        dsn=dsn,
        release=settings.release,
        environment=settings.environment,
        # Integrations would read requests, and what is not an error.
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        send_default_pii=False,
        max_breadcrumbs=0,
        before_send=lambda event, _: _redacted(event, known),
    )
    _begun[dsn] = sdk


def tell_failure(settings: Settings, error: BaseException, tags: Mapping[str, str]) -> None:
    """Tell of an exception that nobody expected. Does nothing where it is not set."""
    _tell(settings, tags, lambda sdk: sdk.capture_exception(error))


def tell_report(settings: Settings, message: str, severity: str, tags: Mapping[str, str]) -> None:
    """Tell of an error that a client reported, already free of secrets. Does nothing where it is not set."""
    _tell(settings, tags, lambda sdk: sdk.capture_message(message, level=LEVELS[severity]))


def _tell(settings: Settings, tags: Mapping[str, str], capture: Callable[[Any], object]) -> None:
    sdk = _begun.get(settings.sentry_dsn.reveal())
    if sdk is None:
        return
    try:
        with sdk.new_scope() as scope:
            for name, value in tags.items():
                scope.set_tag(name, value)
            capture(sdk)
        sdk.flush(timeout=SENDING_SECONDS)
    except Exception as failed:  # noqa: BLE001 - the request is answered whether or not Sentry hears of it
        logger.warning("sentry failed", extra={"fields": {"error": type(failed).__name__}})


def _redacted(value: Any, known: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return redact(value, known)
    if isinstance(value, dict):
        return {name: _redacted(each, known) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(each, known) for each in value]
    return value
