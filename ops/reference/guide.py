"""The introduction of the page: what holds for every operation."""

from typing import Any

from ops.reference import problems
from ops.reference.markup import Html, code, element, joined, json_code, prose

SUCCESS = {"success": True, "data": {"id": "…"}, "timestamp": problems.MOMENT, "requestId": problems.ID}
CREDENTIALS = """curl "$FUNCTIONS_URL/auth/profile" \\
  -H "Authorization: Bearer $TOKEN"

curl "$FUNCTIONS_URL/auth/profile" \\
  -H "X-API-Key: $KEY\""""
LIMITS = """RateLimit-Policy: "burst";q=100;w=60, "free";q=100;w=3600
RateLimit: "burst";r=97;t=2, "free";r=96;t=144
X-RateLimit-Limit: 100
X-RateLimit-Remaining: 96
X-RateLimit-Reset: 144"""
PAGES = """curl "$FUNCTIONS_URL/auth/api-keys?limit=50" \\
  -H "X-API-Key: $KEY"

curl "$FUNCTIONS_URL/auth/api-keys?limit=50&cursor=$NEXT" \\
  -H "X-API-Key: $KEY\""""
REPEATS = """curl -X POST "$FUNCTIONS_URL/…" \\
  -H "Idempotency-Key: b7e1c7a0-5f0e-4b5e-9a57-1c8f2f6f8f1d" \\
  …"""
PROBLEM_REQUEST = """curl "$FUNCTIONS_URL/auth/profile" \\
  -H "Accept: application/problem+json\""""

# Anchor and heading of each part, as the table of contents lists them.
PARTS = {
    "credentials": "Two doors",
    "envelope": "The envelope",
    "problems": "Errors",
    "limits": "Limits",
    "idempotency": "Repeating safely",
    "pages": "Pages",
    "request-ids": "Request ids",
}
# Paragraphs are apart by an empty line.
TEXTS = {
    "credentials": """
        A person calls with the access token that Supabase Auth gave them, a program with an API key: never both in one
        request. An API key may do what its scopes say, as far as the person who made it still may, and it ends with
        the next request after it is revoked.

        Commands on this page are for a shell that has the address of the functions in `FUNCTIONS_URL`, an access token
        in `TOKEN`, an API key in `KEY`, an organization's id in `ORG`, and in `ID` that of what the path names.

        Keep API keys on servers. Browsers cannot send them: `X-API-Key` is not among the headers that pages of other
        origins may use.
    """,
    "envelope": """
        Send and receive JSON, with names in camelCase. What an operation answers is in `data`.

        Fields and query parameters that are not known are refused, so that a misspelt one does not pass unseen. Answers
        may gain fields; ignore those that you do not know.
    """,
    "problems": """
        A refused request has `success: false` and a code for programs, with a message that says what to do. `details`
        names fields. With `Accept: application/problem+json` the same comes as RFC 9457 defines it.

        Decide by the code. Messages may change. Every code is explained below, under an anchor of its name.
    """,
    "limits": """
        Every answer to a caller says where the limits stand. `RateLimit-Policy` lists those that hold: `q` requests in
        `w` seconds. `RateLimit` says of each that `r` requests are left and that it is full again in `t` seconds. The
        older `X-RateLimit-` headers say the same of the one that is nearest to its end.

        What is over a limit is answered with 429 and `Retry-After`, and spends nothing. Its message names the limit.
        Any other request of a known caller is spent, whatever becomes of it: also one that is refused for a field, and
        a repeat that is answered as the first time.

        Nothing is spent, and no limit told, where no caller has to be looked up: credentials that are missing or
        malformed, a body that is not JSON, an address that there is not.
    """,
    "idempotency": """
        Operations that say so take an `Idempotency-Key` of your own choice. A repeat with the same key within 24 hours
        does not work again: it is answered as the first was, with `Idempotent-Replayed: true`. What it tells is what
        was so then; an API key in it may be revoked by now.

        A repeat has the same bytes: path, query and body. JSON written in another way is another request, and the same
        key with another request is answered with 422. While the first is still at work a repeat is answered with 409.
    """,
    "pages": """
        Lists come in pages, newest first. While `hasMore` is true, send `nextCursor` as `cursor`, unchanged, for the
        next page. Pages stay steady while rows come and go.
    """,
    "request-ids": """
        Every answer has its request's id, in `X-Request-Id` and in `requestId`. Send one of your own, 8 to 64 letters,
        digits and hyphens, to find the request again in both logs. `traceparent` is taken and passed on.
    """,
}


def guide(document: dict[str, Any]) -> Html:
    """Return the introduction: a section for each part, with a sample beside it."""
    samples = _samples(document)
    return joined(*(_section(anchor, heading, samples.get(anchor, [])) for anchor, heading in PARTS.items()))


def _section(anchor: str, heading: str, samples: list[Html]) -> Html:
    text = element("div", element("h3", heading), *_paragraphs(anchor), _class="text")
    return element("section", text, element("div", *samples, _class="samples"), id=anchor, _class="entry")


def _paragraphs(anchor: str) -> list[Html]:
    return [element("p", prose(" ".join(each.split()))) for each in TEXTS[anchor].split("\n\n")]


def _samples(document: dict[str, Any]) -> dict[str, list[Html]]:
    contents = document["components"]["responses"]["ValidationError"]["content"].values()
    failure, problem = (content["examples"]["VALIDATION_ERROR"]["value"] for content in contents)
    return {
        "credentials": [code(CREDENTIALS, "One or the other")],
        "envelope": [json_code(SUCCESS, "Success")],
        "problems": [
            json_code(failure, "Failure"),
            code(PROBLEM_REQUEST, "Asking for RFC 9457"),
            json_code(problem, "Problem"),
        ],
        "limits": [code(LIMITS, "Headers")],
        "idempotency": [code(REPEATS, "Request")],
        "pages": [code(PAGES, "First page, next page")],
    }
