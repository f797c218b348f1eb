"""The double as an ASGI app: the API, the pages, and the door through which it is controlled."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dev.stripe import checkout_page, door, home_page, invoice_page, page, portal_page, postman
from dev.stripe.account import Account
from dev.stripe.connections import cut
from dev.stripe.double import Double
from dev.stripe.faults import Fault, NoAnswer
from dev.stripe.refusal import Refused
from dev.stripe.replies import Question, Reply

MOST = 1_000_000  # bytes of a request
Show = Callable[[Account, str], Response]
Act = Callable[[Account, str, dict[str, str]], Response]


class Broken(Response):
    """No answer: the connection ends."""

    async def __call__(self, scope: Scope, _: Receive, __: Send) -> None:
        """Cut it."""
        await cut(tuple(scope["client"]))


def build(double: Double, *, delivers: bool = False) -> Starlette:
    """Return the app. With `delivers` it sends webhooks and lets time pass by itself while it is served."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(postman.run(double)) if delivers else None
        yield
        if task:
            task.cancel()

    routes = [
        Route("/v1/{path:path}", partial(_api, double), methods=["GET", "POST", "DELETE"]),
        Route("/_double/{verb}", partial(door.enter, double), methods=["GET", "POST"]),
        *_page(double, "/c/pay/{id}", checkout_page.show, checkout_page.act),
        *_page(double, "/p/session/{id}", portal_page.show, portal_page.act),
        *_page(double, "/i/{id}", invoice_page.show, invoice_page.act),
        *_page(double, "/3ds/{id}", invoice_page.show_bank, _answer_bank),
        *_page(double, "/i/{id}/pdf", _pdf, None),
        *_page(double, "/receipts/{id}", home_page.receipt, None),
        Route("/", partial(_home, double), methods=["GET", "POST"]),
    ]
    hosts = [double.account.settings.url.split("://")[1].split(":")[0], "127.0.0.1", "localhost", "testserver"]
    return Starlette(
        routes=routes, lifespan=lifespan, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts)]
    )


async def _api(double: Double, request: Request) -> Response:
    body = await request.body()
    if len(body) > MOST:
        return Response(status_code=413)
    question = Question(
        request.method, request.url.path, request.url.query, dict(request.headers), body.decode("utf-8", "replace")
    )
    with double.api.lock:
        fault = double.faults.take(question.method, question.path)
    try:
        reply = await _with_patience(double, question, fault)
    except NoAnswer:
        if fault and fault.kind == "timeout":
            await asyncio.sleep(fault.seconds)
        return Broken()
    return Response(reply.body, reply.status, reply.headers)


async def _with_patience(double: Double, question: Question, fault: Fault | None) -> Reply:
    if fault is None or fault.kind != "slow":
        with double.api.lock:
            return double.api.answer_with(question, fault)
    with double.api.lock:
        double.api.hold(question)
    await asyncio.sleep(fault.seconds)
    with double.api.lock:
        double.api.release(question)
        return double.api.answer_with(question, None)


def _page(double: Double, path: str, show: Show, act: Act | None) -> list[Route]:
    """Return the route of a page about one object, with what its forms do."""

    async def answer(request: Request) -> Response:
        identifier = request.path_params["id"]
        try:
            if request.method == "POST" and not same_origin(request):
                return page.respond("Refused", "<p>This form was sent from another site.</p>", status=403)
            given = await read_form(request)
            with double.api.lock:
                if request.method != "POST" or act is None:
                    return show(double.account, identifier)
                return act(double.account, identifier, given)
        except Refused as refused:
            status = refused.status if refused.status in {404, 410} else 400
            return page.respond("That did not work", page.alert(refused.message), status=status)

    return [Route(path, answer, methods=["GET", "POST"] if act else ["GET"])]


def same_origin(request: Request) -> bool:
    """Tell whether a form was sent from one of our own pages."""
    origin = request.headers.get("origin")
    return origin is None or origin.split("://")[-1] == request.headers.get("host")


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


async def _home(double: Double, request: Request) -> Response:
    if request.method == "POST":
        if not same_origin(request):
            return page.respond("Refused", "<p>This form was sent from another site.</p>", status=403)
        given = await read_form(request)
        with double.api.lock:
            return home_page.act(double, given)
    with double.api.lock:
        return home_page.show(double)


def _answer_bank(account: Account, intent: str, given: dict[str, str]) -> Response:
    return invoice_page.confirm(account, intent, agreed=given.get("action") == "confirm")


def _pdf(account: Account, invoice: str) -> Response:
    body = invoice_page.pdf(account.store.get("invoice", invoice))
    return Response(body, media_type="application/pdf")
