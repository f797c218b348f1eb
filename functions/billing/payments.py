"""Stripe: the only file that imports its SDK. How it is reached and asked again, and what its errors mean here."""

import hashlib
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeVar

import requests
import stripe
from stripe import RequestOptions, StripeClient

from shared.config import Misconfigured, Settings
from shared.errors import (
    InProgress,
    PaymentRequired,
    Problem,
    Unavailable,
    Unexpected,
    UpstreamFailed,
    UpstreamTimeout,
)

# What this file's answers look like. The SDK of another version would be typed otherwise: they change together.
PIN = "2026-10-28.endive"
CONNECT_SECONDS, READ_SECONDS = 2.0, 10.0
# Of the SDK: after connection errors, 409 and 5xx, under one idempotency key.
RETRIES = 2
# The SDK does not repeat what was refused for its rate.
TURNS = 4
FIRST_PAUSE_SECONDS = 0.25
# Keys for one thing, of which each may be spent on a failure of Stripe's.
ATTEMPTS = 3
PAGE = 100

logger = logging.getLogger("mainstay")
# Of requests it would log whole bodies, and to Stripe tell what machine this is.
logging.getLogger("stripe").setLevel(logging.WARNING)
stripe.enable_telemetry = False

Client = StripeClient
Answer = TypeVar("Answer")


class Missing(UpstreamFailed):
    """Stripe has not what we know by its id: no fault of the caller's. Often the key is another account's."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Stripe will not do what was asked, and would not later: why and for which parameter, in its own words."""

    code: str
    param: str


def client(settings: Settings) -> Client:
    """Return the SDK's client; raises Misconfigured for a key that is missing or of the other mode."""
    key = settings.stripe_secret_key.reveal()
    if not key:
        raise Misconfigured("STRIPE_SECRET_KEY is not set, and this function bills")
    if ("_live_" in key) != settings.live:
        raise Misconfigured("STRIPE_SECRET_KEY is not of the mode that LIVE says")
    return connect(key, settings.stripe_api_base)


@cache
def connect(key: str, api: str) -> Client:
    """Return the SDK's client for a key and an address, the same for the same ones."""
    return StripeClient(
        key,
        stripe_version=PIN,
        # The client's own default is never to try again, whatever the module's says.
        max_network_retries=RETRIES,
        base_addresses={"api": api},
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=_session()),
    )


def _session() -> requests.Session:
    """Return what carries requests: to Stripe and nowhere else, whatever the environment or an answer says."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    return session


def disconnect() -> None:
    """Close what is open; the next request connects anew."""
    connect.cache_clear()


def once(operation: str, org: str, *natural: object, attempt: int = 0) -> RequestOptions:
    """Return the options of a write that a repeat finds done: the same arguments make the same idempotency key.

    Stripe forgets keys after a day, so a constraint of ours must hold what they hold. A new `attempt` is for who means
    to start over.
    """
    said = "|".join([operation, org, *map(str, natural), str(attempt)])
    return {"idempotency_key": hashlib.sha256(said.encode()).hexdigest()}


def ask(request: Callable[[], Answer], *, pause: Callable[[float], None] = time.sleep) -> Answer:
    """Make a request, again where Stripe is only too busy; raises shared.errors.

    Missing is for what Stripe has not, PaymentRequired for what a bank declined, with Stripe's message for the buyer,
    and Unexpected for what is our fault; see rejection.
    It takes 36 seconds at worst where nobody answers, for each turn.
    """
    for turn in range(TURNS):
        try:
            return request()
        except stripe.RateLimitError as error:
            if turn == TURNS - 1:
                raise Unavailable(cause=_cause(error)) from error
            pause(FIRST_PAUSE_SECONDS * 2**turn * random.uniform(0.5, 1.5))  # noqa: S311 - spreads tries apart, guards nothing
        except stripe.StripeError as error:
            raise _problem_of(error) from error
    raise Unexpected(cause="no turn was taken")


def ask_anew(request: Callable[[int], Answer]) -> Answer:
    """Make a write of `once` whose natural key never changes: `request` takes the attempt that goes into the key.

    Stripe answers a key for a day as it did the first time, failures of its own included. Whoever asks goes through the
    same keys in the same order, so that all find the first one that was done. Raises as `ask` does.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return ask(partial(request, attempt))
        except UpstreamFailed as problem:
            logger.warning("a key was spent on a failure", extra={"fields": {"cause": problem.cause}})
    return ask(partial(request, ATTEMPTS - 1))


def rejection(problem: Unexpected) -> Rejection | None:
    """Return what Stripe had against a request that `ask` made; None where it was not the request."""
    error = problem.__cause__
    if not isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError):
        return None
    return Rejection(_code(error) or "idempotency_error", str(getattr(error, "param", None) or ""))


def every(listing: Callable[[Any], Any], params: Mapping[str, Any]) -> Iterator[Any]:
    """Go through a whole list, page by page, newest first; a page that is refused is asked for again."""
    for page in pages(listing, params):
        yield from page


def pages(listing: Callable[[Any], Any], params: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Go through a whole list by its pages, of which none is empty."""
    after: dict[str, str] = {}
    while True:
        page = ask(lambda: listing({"limit": PAGE, **params, **after}))  # noqa: B023 - it is called at once
        if page.data:
            yield page.data
        if not page.has_more or not page.data:
            return
        after = {"starting_after": page.data[-1].id}


MEANINGS: Mapping[type[stripe.StripeError], type[Problem]] = {
    stripe.AuthenticationError: Unexpected,
    stripe.PermissionError: Unexpected,
    stripe.InvalidRequestError: Unexpected,
    stripe.IdempotencyError: Unexpected,
    stripe.APIConnectionError: UpstreamTimeout,
}
CODES: Mapping[str, type[Problem]] = {"resource_missing": Missing, "idempotency_key_in_use": InProgress}


def _problem_of(error: stripe.StripeError) -> Problem:
    """Return what an error of the SDK means for who asked us."""
    cause = _cause(error)
    if isinstance(error, stripe.CardError):
        return PaymentRequired(error.user_message or None, cause=cause)
    kind = CODES.get(_code(error)) or MEANINGS.get(type(error), UpstreamFailed)
    return kind(cause=cause)


def _code(error: stripe.StripeError) -> str:
    # The error's own `code` is not set for every kind; that of its body is.
    return str(getattr(error.error, "code", None) or error.code or "")


def _cause(error: stripe.StripeError) -> str:
    where = f"{error.http_status or '-'} {error.request_id or '-'}"
    return f"Stripe {where} {type(error).__name__}: {error.user_message or error}"
