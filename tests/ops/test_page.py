"""The page of the OpenAPI document: whole, sound, and no way in for text."""

from html.parser import HTMLParser
from typing import Any

import pytest

from ops.reference.catalogue import Listed, listed
from ops.reference.codes import CODES
from ops.reference.curl import FRESH, command
from ops.reference.document import document
from ops.reference.markup import Html, element, joined, json_code, prose
from ops.reference.notation import in_words
from ops.reference.page import page
from shared.endpoint import Call, Endpoint
from shared.principal import KEY, PERSON

DOCUMENT: dict[str, Any] = document(listed())
PAGE = page(DOCUMENT)
VOID = {"meta", "link", "wbr"}


class Reading(HTMLParser):
    """What a browser finds; fails where elements do not close as they opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, said in self.seen if (value := said.get(name))]


READ = Reading(PAGE)


def test_nothing_in_it_can_run_or_be_fetched_from_elsewhere() -> None:
    assert {tag for tag, _ in READ.seen} & {"script", "style", "iframe", "object", "img", "form", "base"} == set()
    assert [name for _, said in READ.seen for name in said if name.startswith("on") or name == "style"] == []
    assert {value for value in READ.values("href") if not value.startswith("#")} == {
        "data:,",
        "docs/style.css",
        "openapi.json",
    }


def test_every_link_within_it_leads_somewhere_and_every_anchor_is_there_once() -> None:
    anchors = READ.values("id")
    assert len(anchors) == len(set(anchors))
    assert {value.removeprefix("#") for value in READ.values("href") if value.startswith("#")} <= set(anchors)


def test_every_operation_is_there_with_its_path_and_a_command() -> None:
    text = "".join(READ.words)
    for path, place in DOCUMENT["paths"].items():
        assert path in text
        for method, operation in place.items():
            if method != "parameters" and "x-alias-of" not in operation:
                assert operation["operationId"] in READ.values("id")
                assert command(method, path, operation) in text


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_an_entry_under_its_own_name(code: str) -> None:
    assert code in READ.values("id")
    assert prose(CODES[code].remedy) in PAGE


def hostile(_: Call) -> dict[str, Any]:
    """Return <script>alert("1 & 2")</script> at once. Even `<b>code</b>` is text."""
    return {}


def test_no_text_becomes_markup() -> None:
    text = page(document([*listed(), Listed("hostile", "<i>About</i>", Endpoint("GET", "/hostile", hostile))]))
    read = Reading(text)
    assert {tag for tag, _ in read.seen} & {"script", "b", "i"} == set()
    assert 'Return <script>alert("1 & 2")</script> at once.' in "".join(read.words)
    assert "<code>&lt;b&gt;code&lt;/b&gt;</code>" in text
    assert "&lt;i&gt;About&lt;/i&gt;" in text


def test_text_is_escaped_and_markup_is_not() -> None:
    assert element("p", "<b>", Html("<i></i>"), title='"<') == '<p title="&quot;&lt;">&lt;b&gt;<i></i></p>'
    assert joined("&", Html("&amp;"), by=" ") == "&amp; &amp;"
    assert '<span class="name">"a&lt;"</span>: <span class="text">"</span>' not in json_code({"a<": "</pre>"}, "x")
    assert '<span class="text">"&lt;/pre&gt;"</span>' in json_code({"a<": "</pre>"}, "x")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "format": "uuid"}, "string (uuid)"),
        ({"type": "integer", "minimum": 1, "maximum": 100}, "integer (1 to 100)"),
        ({"type": "integer", "minimum": 0}, "integer (at least 0)"),
        ({"type": "integer", "maximum": 3650}, "integer (at most 3,650)"),
        ({"type": "string", "maxLength": 64}, "string (at most 64 characters)"),
        ({"type": "array", "maxItems": 5, "items": {"type": "string"}}, "array (at most 5) of string"),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, "boolean or null"),
        ({"enum": ["day", "<"]}, "<code>day</code>, <code>&lt;</code>"),
        ({"const": True}, "<code>true</code>"),
        ({"$ref": "#/components/schemas/Code"}, '<a href="#shape-Code">Code</a>'),
        ({"type": "integer", "default": 20}, "integer, default <code>20</code>"),
        ({"type": "boolean", "default": False}, "boolean, default <code>false</code>"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "string or null"),
        ({}, "anything"),
    ],
)
def test_a_schema_in_words(schema: dict[str, Any], words: str) -> None:
    assert in_words(schema) == words


def test_a_command_has_what_its_operation_needs() -> None:
    def quoted(_: Call) -> dict[str, Any]:
        """Return nothing."""
        return {}

    described = document([Listed("quoted", "", Endpoint("DELETE", "/q/{id}", quoted, PERSON | KEY, idempotent=True))])
    assert command("delete", "/q/{id}", described["paths"]["/q/{id}"]["delete"]) == (
        'curl -X DELETE "$FUNCTIONS_URL/q/$ID" \\\n  -H "X-API-Key: $KEY" \\\n  -H "Idempotency-Key: ' + FRESH + '"'
    )
    body = {"content": {"application/json": {"example": {"name": "it's"}}}}
    assert command("post", "/q", {"security": [], "requestBody": body}).endswith("""-d '{\n  "name": "it'"'"'s"\n}'""")
