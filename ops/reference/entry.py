"""One operation on the page."""

from dataclasses import dataclass
from typing import Any

from ops.reference.curl import command
from ops.reference.markup import Html, code, element, joined, json_code, members, prose
from ops.reference.notation import in_words

# Where a parameter stands, and what that is called.
PLACES = {"path": "Path", "query": "Query", "header": "Headers"}


@dataclass(frozen=True)
class Entry:
    """An operation of the document, with its path, and the paths under which it can be called as well."""

    document: dict[str, Any]
    method: str
    path: str
    operation: dict[str, Any]
    aliases: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Return the operation's id."""
        return str(self.operation["operationId"])

    def badge(self) -> Html:
        """Return the method in its colour."""
        return element("span", self.method.upper(), _class=f"method {self.method}")

    def article(self) -> Html:
        """Return everything that there is to say of it."""
        name = element("a", element("code", self.path), href=f"#{self.anchor}")
        text = [
            element("h3", self.badge(), " ", name),
            element("p", prose(f"{self.operation['summary']}."), _class="summary"),
            element("p", prose(self.operation["description"])),
            self._facts(),
            *self._parameters(),
            *self._fields(),
            element("h4", "Errors"),
            element("p", joined(*self._errors(), by=" "), _class="codes"),
        ]
        samples = [code(command(self.method, self.path, self.operation), "Request"), *self._answers()]
        return element(
            "article",
            element("div", *text, _class="text"),
            element("div", *samples, _class="samples"),
            id=self.anchor,
            _class="entry",
        )

    def _facts(self) -> Html:
        facts: dict[str, Html | None] = {
            "Limit": self._coded("x-limit"),
            "Plan": self._coded("x-plan"),
            "Also at": joined(*(element("code", alias) for alias in self.aliases), by=", ") or None,
            "Deprecated": Html("yes") if self.operation["deprecated"] else None,
        }
        listed = [element("div", element("dt", name), element("dd", fact)) for name, fact in facts.items() if fact]
        return element("dl", *listed, _class="facts") if listed else Html()

    def _coded(self, member: str) -> Html | None:
        return element("code", self.operation[member]) if member in self.operation else None

    def _parameters(self) -> list[Html]:
        shared = self.document["paths"][self.path]["parameters"]
        found = [self._resolved(each) for each in [*shared, *self.operation.get("parameters", [])]]
        shown = [each for each in found if each["name"] != "X-Request-Id"]
        return [
            joined(element("h4", heading), _listed([each for each in shown if each["in"] == place]))
            for place, heading in PLACES.items()
            if any(each["in"] == place for each in shown)
        ]

    def _fields(self) -> list[Html]:
        contents = self.operation.get("requestBody", {}).get("content", {}).values()
        shapes = [self._resolved(content["schema"]) for content in contents]
        return [
            joined(element("h4", "Body"), fields_of(shape) if "properties" in shape else element("p", in_words(shape)))
            for shape in shapes
        ]

    def _answers(self) -> list[Html]:
        status, answer = next(iter(self.operation["responses"].items()))
        contents: dict[str, dict[str, Any]] = answer.get("content", {})
        return [
            json_code(content["example"], f"Answer {status}")
            if "example" in content
            else element("p", f"Answer {status}: ", element("code", media))
            for media, content in contents.items()
        ]

    def _errors(self) -> list[Html]:
        codes: dict[str, dict[str, Any]] = self.document["x-codes"]
        found = [self._resolved(each) for status, each in self.operation["responses"].items() if status >= "400"]
        named = [name for each in found for name in each["content"]["application/json"]["examples"]]
        return [element("a", f"{codes[name]['status']} {name}", href=f"#{name}") for name in named]

    def _resolved(self, member: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in member:
            return member
        found: Any = self.document
        for part in member["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)


def fields_of(shape: dict[str, Any]) -> Html:
    """Return a shape's fields. What must be there is marked in what is sent, which takes no other."""
    needed = shape.get("required", []) if shape.get("additionalProperties") is False else []
    rows = [
        (name, in_words(field), prose(field.get("description", "")), name in needed)
        for name, field in shape["properties"].items()
    ]
    return members(*rows)


def _listed(parameters: list[dict[str, Any]]) -> Html:
    rows = [
        (each["name"], in_words(each["schema"]), prose(each.get("description", "")), each.get("required", False))
        for each in parameters
    ]
    return members(*rows)
