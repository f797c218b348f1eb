"""Lambda events as AWS sends them, for the three doors a function can stand behind."""

import base64
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from mangum.types import LambdaContext

Event = dict[str, Any]
# Nothing of ours reads it.
CONTEXT = cast("LambdaContext", None)


def gateway_v1(method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, query: str = "") -> Event:
    """REST API, payload format 1.0."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": {name: [v for n, v in pairs if n == name] for name, _ in pairs} or None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": f"/live{path}",
            "stage": "live",
            "identity": {"sourceIp": "203.0.113.9", "userAgent": headers.get("User-Agent")},
        },
        **_body(body),
    }


def gateway_v2(method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, query: str = "") -> Event:
    """HTTP API, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api-id",
            "domainName": "id.execute-api.eu-central-1.amazonaws.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
        },
        **_body(body),
    }


def function_url(
    method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, query: str = ""
) -> Event:
    """Function URL: format 2.0 with an address of its own; bodies always come in base64."""
    event = gateway_v2(method, path, headers, body, query)
    event["requestContext"] |= {"domainName": "id.lambda-url.eu-central-1.on.aws", "authentication": None}
    return event


def _body(body: bytes | None) -> Event:
    if body is None:
        return {"body": None, "isBase64Encoded": False}
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


DOORS: list[Callable[..., Event]] = [gateway_v1, gateway_v2, function_url]
