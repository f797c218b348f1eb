"""A browser without scripts for the pages of a double in this process."""

import asyncio
from typing import Any

import httpx

from dev.stripe.app import build
from tests.dev.stripe.shop import Shop


class Browser:
    """Follows no redirects, runs no scripts."""

    def __init__(self, shop: Shop) -> None:
        self._app = build(shop.double)

    def get(self, address: str, **further: Any) -> httpx.Response:
        return asyncio.run(self._ask("GET", address, **further))

    def post(self, address: str, **further: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", address, **further))

    async def _ask(self, method: str, address: str, **further: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:54330") as client:
            return await client.request(method, address, **further)


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]
