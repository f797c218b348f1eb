"""The document as a page: no script, one stylesheet, every word escaped."""

from typing import Any

from ops.reference.entry import Entry, fields_of
from ops.reference.guide import PARTS, guide
from ops.reference.markup import Html, element, joined, prose

METHODS = ("get", "post", "put", "patch", "delete")
STYLE = "docs/style.css"
DOCUMENT = "openapi.json"


def page(document: dict[str, Any]) -> str:
    """Return the page, ending in a newline. Its links are relative, so that it works behind every gateway."""
    entries = entries_of(document)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{document['info']['title']} API {document['info']['version']}"),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href=STYLE),
    )
    skip = element("a", "Skip to the text", href="#top", _class="skip")
    back = element("a", "Contents", href="#contents", _class="back")
    body = element("body", skip, _contents(document, entries), _main(document, entries), back)
    return "<!doctype html>\n" + element("html", "\n", head, "\n", body, "\n", lang="en") + "\n"


def entries_of(document: dict[str, Any]) -> dict[str, list[Entry]]:
    """Return the operations by tag; those that are aliases stand with what they are aliases of."""
    found: dict[str, list[Entry]] = {tag["name"]: [] for tag in document["tags"]}
    for path, place in document["paths"].items():
        for method in METHODS:
            operation = place.get(method)
            if operation and "x-alias-of" not in operation:
                entry = Entry(document, method, path, operation, _aliases(document, method, path))
                found[operation["tags"][0]].append(entry)
    return found


def _aliases(document: dict[str, Any], method: str, path: str) -> tuple[str, ...]:
    places: dict[str, Any] = document["paths"]
    return tuple(other for other, place in places.items() if place.get(method, {}).get("x-alias-of") == path)


def _contents(document: dict[str, Any], entries: dict[str, list[Entry]]) -> Html:
    parts = [_link(anchor, heading) for anchor, heading in PARTS.items()]
    groups = [_group(tag, [_entry_link(each) for each in grouped]) for tag, grouped in entries.items()]
    codes = [_link(name, name) for name in document["x-codes"]]
    title = element("p", element("a", document["info"]["title"], href="#top"), _class="brand")
    listed = element(
        "div",
        _group("Introduction", parts),
        *groups,
        _group("Error codes", codes),
        _group("Shapes", [_link("shapes", "All shapes")]),
        # Whoever follows a link to what is folded away has it opened: the way back from below.
        id="contents",
    )
    # Folded where the screen is narrow; beside the text the stylesheet keeps it open.
    folded = element("details", element("summary", "Contents"), listed)
    return element("nav", title, folded, aria_label="Contents")


def _group(heading: str, links: list[Html]) -> Html:
    return joined(element("h2", heading), element("ul", *(element("li", link) for link in links)), "\n")


def _entry_link(entry: Entry) -> Html:
    # A long path may break before each slash.
    path = joined(*entry.path.split("/"), by="<wbr>/")
    return _link(entry.anchor, entry.badge(), " ", element("span", path))


def _link(anchor: str, *text: str) -> Html:
    return element("a", *text, href=f"#{anchor}")


def _main(document: dict[str, Any], entries: dict[str, list[Entry]]) -> Html:
    info = document["info"]
    top = element(
        "header",
        element("h1", f"{info['title']} API"),
        element("p", prose(info["description"]), _class="lead"),
        element(
            "p",
            f"Version {info['version']} · base address ",
            element("code", document["servers"][0]["url"]),
            " · ",
            element("a", "OpenAPI 3.1 document", href=DOCUMENT),
            _class="base",
        ),
        id="top",
    )
    about = {tag["name"]: tag["description"] for tag in document["tags"]}
    groups = [_section(tag, prose(about[tag]), *(each.article() for each in entries[tag])) for tag in entries]
    introduction = _section("Introduction", "", guide(document))
    return element("main", top, introduction, *groups, _codes(document), _shapes(document))


def _section(heading: str, about: str, *children: Html) -> Html:
    return joined(element("section", element("h2", heading), element("p", about), *children, _class="group"), "\n")


def _codes(document: dict[str, Any]) -> Html:
    listed = [
        element(
            "article",
            element(
                "h3", _link(name, element("code", name)), " ", element("span", str(code["status"]), _class="status")
            ),
            element("p", prose(code["means"])),
            element("p", element("strong", "What to do: "), prose(code["remedy"])),
            id=name,
            _class="code-entry",
        )
        for name, code in document["x-codes"].items()
    ]
    return _section("Error codes", prose("One entry for each `code`."), *listed)


def _shapes(document: dict[str, Any]) -> Html:
    shapes: dict[str, Any] = document["components"]["schemas"]
    listed = [
        element(
            "article",
            element("h3", name),
            element("p", prose(shape.get("description", ""))),
            fields_of(shape) if "properties" in shape else Html(),
            id=f"shape-{name}",
            _class="shape",
        )
        for name, shape in shapes.items()
    ]
    return element("section", element("h2", "Shapes"), *listed, id="shapes", _class="group")
