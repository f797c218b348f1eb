"""The SDK's way to the double without a network: a client for `stripe.StripeClient(http_client=…)`."""

from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from dev.stripe.api import Api
from dev.stripe.faults import NoAnswer
from dev.stripe.replies import Question

BROKEN = "Unexpected error communicating with Stripe."


class InProcess(stripe.HTTPClient):
    """Hands each request to the API in this process. It never sleeps between retries."""

    name = "in_process"

    def __init__(self, api: Api) -> None:
        super().__init__()
        self._api = api

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,  # noqa: ANN401 - the SDK's signature
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer as a server would; a connection that breaks is an APIConnectionError that may be retried."""
        parts = urlsplit(url)
        lowered = {name.lower(): each for name, each in (headers or {}).items()}
        body = post_data.decode() if isinstance(post_data, bytes) else post_data or ""
        try:
            reply = self._api.answer(Question(method.upper(), parts.path, parts.query, lowered, body))
        except NoAnswer:
            raise stripe.APIConnectionError(BROKEN, should_retry=True) from None  # type: ignore[no-untyped-call]
        return reply.body.decode(), reply.status, {name.lower(): each for name, each in reply.headers.items()}

    async def request_async(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,  # noqa: ANN401 - the SDK's signature
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Do the same for the SDK's async methods."""
        body, status, answered = self.request(method, url, headers, post_data)
        return body.encode(), status, answered

    def _sleep_time_seconds(self, *_: object, **__: object) -> float:
        return 0.0

    def sleep_async(self, secs: float) -> Awaitable[None]:
        """Do not wait."""
        return _at_once(secs)

    def close(self) -> None:
        """Nothing is open."""

    async def close_async(self) -> None:
        """Nothing is open."""


async def _at_once(_: float) -> None:
    return None
