"""One operation of the document, made from one endpoint."""

from typing import Any

from ops.reference import headers, moments, problems
from ops.reference.catalogue import Listed
from ops.reference.examples import ANSWERS, Examples
from ops.reference.parameters import operation_parameters, plain_path
from ops.reference.plain import other_forms, plain_of
from ops.reference.schemas import Shapes
from ops.reference.signed import proofs_of, signed_of
from shared.endpoint import LARGEST_BODY, Answer, Endpoint, Raw
from shared.envelope import JSON
from shared.principal import KEY, PERSON, WATCHER

BEARER: dict[str, list[str]] = {"bearer": []}
API_KEY: dict[str, list[str]] = {"apiKey": []}
METRICS_TOKEN: dict[str, list[str]] = {"metricsToken": []}
SUCCESS = {"$ref": "#/components/schemas/Success"}


class Operations:
    """Makes operations that refer to the same schemas."""

    def __init__(self, shapes: Shapes) -> None:
        """Keep the schemas and what makes examples of them."""
        self._shapes = shapes
        self._examples = Examples(shapes.definitions)

    def of(self, listed: Listed, alias: int = 0) -> dict[str, Any]:
        """Return an endpoint's operation; `alias` counts its further paths."""
        endpoint = listed.endpoint
        return {
            "operationId": listed.operation_id + (f"Alias{alias}" if alias else ""),
            "tags": [listed.tag],
            "summary": listed.summary,
            "description": _description(listed, alias),
            "deprecated": endpoint.deprecated is not None,
            "security": _security(endpoint),
            **_extensions(endpoint),
            **_present("x-alias-of", plain_path(endpoint.path) if alias else None),
            **_present("parameters", operation_parameters(endpoint)),
            **_present("requestBody", self._body(endpoint)),
            "responses": {str(endpoint.status): self._success(endpoint)} | _more(endpoint),
        }

    def _body(self, endpoint: Endpoint) -> dict[str, Any] | None:
        if endpoint.takes is None or not endpoint.takes_body:
            return None
        if endpoint.takes is Raw:
            signed = signed_of(endpoint.route)
            return {"required": True, "content": {signed.media: {"schema": signed.schema, "example": signed.example}}}
        schema = self._shapes.taken(endpoint.takes)
        needs_some = bool(self._shapes.definition(schema).get("required"))
        return {
            "required": needs_some,
            "content": {JSON: {"schema": schema, "example": self._examples.of(schema)}},
        }

    def _success(self, endpoint: Endpoint) -> dict[str, Any]:
        if endpoint.gives is Answer:
            plain = plain_of(endpoint.route)
            kept = headers.references("ETag") if plain.keeps else {}
            return {
                "description": plain.says,
                "headers": headers.of_success(endpoint) | kept,
                "content": {plain.media: {"schema": plain.schema, **_present("example", plain.example)}},
            }
        schema = self._shapes.given(endpoint.gives)
        shown = ANSWERS.get(endpoint.route) or moments.at(endpoint.route, self._examples.of(schema))
        example = {"success": True, "data": shown, "timestamp": problems.MOMENT, "requestId": problems.ID}
        wrapped = {"allOf": [SUCCESS, {"properties": {"data": schema}}]}
        return {
            "description": endpoint.gives.__doc__ if "$ref" in schema else "Done.",
            "headers": headers.of_success(endpoint),
            "content": {JSON: {"schema": wrapped, "example": example}} | other_forms(endpoint.route),
        }


def _more(endpoint: Endpoint) -> dict[str, Any]:
    refused = {
        str(status): {"$ref": f"#/components/responses/{problems.name_of(kinds)}"}
        for status, kinds in sorted(problems.statuses(endpoint).items())
    }
    if endpoint.gives is not Answer or not plain_of(endpoint.route).keeps:
        return refused
    unchanged = {
        "description": "What the client has is still so.",
        "headers": headers.references("X-Request-Id", "ETag"),
    }
    return {"304": unchanged} | refused


def _description(listed: Listed, alias: int) -> str:
    endpoint = listed.endpoint
    parts = [f"An alias of `{endpoint.path}`, for good."] if alias else []
    parts += [listed.description] if listed.description else []
    parts += [_callers(endpoint)]
    parts += ["Spends nothing of the general limits."] if endpoint.admits and not endpoint.counted else []
    parts += [f"Takes up to {endpoint.largest // 1024} KB."] if endpoint.largest != LARGEST_BODY else []
    parts += [f"Part of the plan `{endpoint.plan}` and those above it."] if endpoint.plan else []
    return " ".join(parts)


def _callers(endpoint: Endpoint) -> str:
    if endpoint.takes is Raw:
        return signed_of(endpoint.route).callers
    if proofs_of(endpoint):
        return "For whoever has the secret."
    if not endpoint.who:
        return "For anybody."
    person = "people" + (f" with the permission `{endpoint.needs}`" if endpoint.needs else "")
    key = "API keys" + (f" with the scope `{endpoint.needs}`" if endpoint.needs else "")
    watcher = ["whoever has the metrics token"] * (WATCHER in endpoint.who)
    return f"For {' and '.join([person] * (PERSON in endpoint.who) + [key] * (KEY in endpoint.who) + watcher)}."


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    watcher = [METRICS_TOKEN] * (WATCHER in endpoint.who)
    return [BEARER] * (PERSON in endpoint.who) + [API_KEY] * (KEY in endpoint.who) + watcher


def _extensions(endpoint: Endpoint) -> dict[str, str]:
    members = {"x-permission": endpoint.needs, "x-limit": endpoint.limit, "x-plan": endpoint.plan}
    return {name: member for name, member in members.items() if member}


def _present(name: str, member: object) -> dict[str, Any]:
    return {name: member} if member else {}
