"""What happens around every endpoint's body: one ASGI app, made from declared endpoints."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared import body, config, credentials, envelope, farewell, inbound, logs, sentry
from shared.config import Settings
from shared.endpoint import Answer, Call, Endpoint, Raw
from shared.errors import Forbidden, Problem, Unexpected, ValidationError
from shared.exchange import Exchange
from shared.gate import Door
from shared.headers import answer_headers, preflight_headers
from shared.idempotency import read_claim
from shared.principal import Admitted, Who
from shared.routes import Routes
from shared.tally import Tally
from shared.visit import Visit

Admit = Callable[[Door, Endpoint], Admitted]
Done = TypeVar("Done")

# Mangum hands everything else over in base64.
TEXT_TYPES = ["text/", envelope.JSON, envelope.PROBLEM_JSON, envelope.HEALTH_JSON]
KINDS = {"person": Who.PERSON, "key": Who.KEY, "watcher": Who.WATCHER}


class App:
    """An ASGI app that answers every request with our headers and envelope, whatever happens."""

    def __init__(self, routes: Routes, admit: Admit | None, settings: Callable[[], Settings]) -> None:
        """Read no settings yet: a function can be imported without an environment."""
        self._routes, self._admit, self._settings = routes, admit, settings
        self._logs_for: Settings | None = None
        self._tally, self._leaving = Tally(), False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and write its log line."""
        if scope["type"] != "http":
            raise NotImplementedError(f"{scope['type']} is not served")
        exchange = Exchange(Visit.of(scope))
        try:
            response = await self._serve(exchange, scope, receive)
        except Problem as problem:
            response = _refuse(exchange, problem)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it was, the client gets an envelope
            logs.logger.error("request failed", exc_info=error, extra={"fields": exchange.names()})
            if exchange.settings:
                sentry.tell_failure(exchange.settings, error, exchange.names())
            response = _refuse(exchange, Unexpected())
        self._tally.add(exchange.finish(response.status_code))
        await response(scope, receive, send)
        if self._leaving or self._tally.is_due():
            await self._aside(scope, self.deliver)

    def deliver(self) -> None:
        """Send what no admission has carried; failing, keep it. Where nobody is admitted, it is due once a minute."""
        if self._logs_for is not None:
            farewell.deliver(self._logs_for, self._tally)

    def leave(self) -> None:
        """Deliver now, and from now on after every request: the process is about to end."""
        self._leaving = True
        self.deliver()

    async def _serve(self, exchange: Exchange, scope: Scope, receive: Receive) -> Response:
        """Do what costs nothing here, and the rest where it may wait."""
        settings = exchange.settings = self._configured()
        visit = exchange.visit
        found = self._routes.find(visit.method, visit.path)
        if found.endpoint is None:
            return Response(
                status_code=204, headers=_headers(exchange, preflight_headers(settings, visit, found.methods))
            )
        exchange.endpoint = endpoint = found.endpoint
        raw = await inbound.receive_body(visit, receive, endpoint.largest)
        taken = _sent(endpoint, visit, raw)
        claim = read_claim(visit, raw) if endpoint.idempotent else None
        exchange.door = Door(settings, visit, _credentials(endpoint, visit, settings), claim, tally=self._tally)
        return await self._aside(scope, partial(self._work, exchange, endpoint, exchange.door, found.path, taken))

    async def _aside(self, scope: Scope, work: Callable[[], Done]) -> Done:
        # A Lambda has one request and nothing else on its loop; a thread there costs 0.2 to 0.5 ms for nothing.
        return work() if "aws.event" in scope else await run_in_threadpool(work)

    def _work(self, exchange: Exchange, endpoint: Endpoint, door: Door, path: Mapping[str, Any], sent: Any) -> Response:  # noqa: ANN401 - each endpoint's own input
        # A watcher has proved themselves already, and must see what is wrong when nobody can be admitted.
        asks = endpoint.admits and not (door.credentials and door.credentials.kind == "watcher")
        admitted = exchange.admitted = self._admit(door, endpoint) if self._admit and asks else None
        call = Call(door.settings, door, path, admitted)
        given = endpoint.body(call, *_validated(endpoint, sent))
        if not isinstance(given, (endpoint.gives, Answer)):
            raise Unexpected(cause=f"{endpoint.route} gave {type(given).__name__}, not {endpoint.gives.__name__}")
        if isinstance(given, Answer):
            return _respond(exchange, given.status or endpoint.status, given.content, given.media, given.headers)
        written = given.write() if hasattr(given, "write") else envelope.encode(given)
        return _respond(exchange, endpoint.status, envelope.success(written, exchange.visit), envelope.JSON)

    def _configured(self) -> Settings:
        settings = self._settings()
        if settings is not self._logs_for:
            logs.configure(settings)
            sentry.begin(settings)
            self._logs_for = settings
        return settings


def build(
    endpoints: Iterable[Endpoint], *, admit: Admit | None = None, settings: Callable[[], Settings] = config.settings
) -> App:
    """Return the app that serves these endpoints.

    `admit` is shared.admission.admit, passed in by the functions that need it so that the others do not import what it
    imports. Raises ValueError when an endpoint wants admission and nobody admits, or when two claim one route.
    """
    declared = list(endpoints)
    for endpoint in declared:
        if endpoint.admits and admit is None:
            raise ValueError(f"{endpoint.route} wants admission, but build() was given no admit")
    app = App(Routes(declared), admit, settings)
    farewell.register(app.leave)
    return app


def _sent(endpoint: Endpoint, visit: Visit, raw: bytes) -> bytes | dict[str, str]:
    """Return the body or the query of a request, read strictly and not yet validated; a raw body as it came."""
    query = body.read_query(visit.query)
    if endpoint.takes is Raw:
        _refuse_unknown(query)
        return raw
    if endpoint.takes_body:
        _refuse_unknown(query)
        if raw:
            inbound.check_type(visit)
        return body.read_json(raw) if raw else b"{}"
    if raw:
        raise ValidationError("This endpoint takes no body. Leave it out.")
    if endpoint.takes is None:
        _refuse_unknown(query)
    return query


def _refuse_unknown(query: Mapping[str, str]) -> None:
    if query:
        raise ValidationError("This endpoint takes no query parameters. Leave them out.")


def _credentials(endpoint: Endpoint, visit: Visit, settings: Settings) -> credentials.Credentials | None:
    if not endpoint.who:
        return None
    presented = credentials.read(
        visit.headers, settings, takes_keys=Who.KEY in endpoint.who, takes_watchers=Who.WATCHER in endpoint.who
    )
    if KINDS[presented.kind] not in endpoint.who:
        raise Forbidden("This needs an API key. Send one as X-API-Key instead of an access token.")
    return presented


def _validated(endpoint: Endpoint, sent: bytes | dict[str, str]) -> tuple[Any, ...]:
    if endpoint.takes is None:
        return ()
    return (endpoint.takes.read_json(sent) if isinstance(sent, bytes) else endpoint.takes.read_query(sent),)


def _refuse(exchange: Exchange, problem: Problem) -> Response:
    exchange.problem = problem
    content, media = envelope.failure(problem, exchange.visit)
    return _respond(exchange, problem.status, content, media, problem.headers)


def _respond(
    exchange: Exchange, status: int, content: bytes, media: str, headers: Mapping[str, str] | None = None
) -> Response:
    answer = Response(content, status, _headers(exchange, headers or {}), media)
    if exchange.visit.method == "HEAD":
        # RFC 9110: the headers of GET, its length too, and no body.
        answer.body = b""
    return answer


def _headers(exchange: Exchange, more: Mapping[str, str]) -> dict[str, str]:
    return {**answer_headers(exchange.settings, exchange.visit), **exchange.headers(), **more}
