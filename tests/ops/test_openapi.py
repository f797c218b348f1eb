"""The OpenAPI document: valid, complete, in step with the code, and true of the models."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from pydantic import BaseModel

from ops import openapi
from ops.reference import codes, fields, moments, plain, signed
from ops.reference.catalogue import Listed, listed, split_sentence
from ops.reference.document import document
from ops.reference.examples import ANSWERS
from ops.reference.parameters import plain_path
from ops.reference.wrappings import WRAPPINGS
from shared.endpoint import Answer, Call, Endpoint, Raw
from shared.principal import KEY, PERSON, WATCHER
from shared.shapes import Input

LISTED = listed()
ENDPOINTS = [each.endpoint for each in LISTED]
DOCUMENT: dict[str, Any] = document(LISTED)
ROUTES = {endpoint.route for endpoint in ENDPOINTS}


def operation(endpoint: Endpoint, described: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    found: dict[str, Any] = described["paths"][plain_path(endpoint.path)][endpoint.method.lower()]
    return found


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Name every example of an answer, with its schema."""
    for path, place in DOCUMENT["paths"].items():
        for method, found in place.items():
            for status, answer in found.get("responses", {}).items() if method != "parameters" else ():
                for content in answer.get("content", {}).values():
                    if "example" in content:
                        yield f"{method} {path} {status}", content["schema"], content["example"]
    for name, response in DOCUMENT["components"]["responses"].items():
        for media, content in response["content"].items():
            for code, example in content["examples"].items():
                yield f"{name} {media} {code}", content["schema"], example["value"]


def test_the_files_are_in_step_with_the_code() -> None:
    assert list(openapi.outdated()) == [], "run `make openapi`"


def test_what_is_written_is_up_to_date_until_it_is_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert openapi.main(["check"], tmp_path) == 1
    assert "run `make openapi`" in capsys.readouterr().err
    assert openapi.main(["write"], tmp_path) == 0
    assert openapi.main(["check"], tmp_path) == 0
    (tmp_path / "openapi.json").write_text("{}\n")
    assert list(openapi.outdated(tmp_path)) == ["openapi.json"]
    assert openapi.write(tmp_path) == ["openapi.json"]


def test_it_is_a_valid_document() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    assert openapi.texts()["openapi.json"].endswith("}\n")


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_shape_is_valid_json_schema(name: str) -> None:
    schema = DOCUMENT["components"]["schemas"][name]
    jsonschema_rs.meta.validate(schema | {"$schema": DOCUMENT["jsonSchemaDialect"]})


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        found: Any = DOCUMENT
        for part in reference.split("/"):
            found = found[part]
        assert found


def test_every_endpoint_is_described_under_each_of_its_paths() -> None:
    said = {
        f"{method.upper()} {path}"
        for path, place in DOCUMENT["paths"].items()
        for method in place.keys() - {"parameters"}
    }
    paths = [(endpoint.method, path) for endpoint in ENDPOINTS for path in (endpoint.path, *endpoint.aliases)]
    assert said == {f"{method} {plain_path(path)}" for method, path in paths}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.route)
def test_an_example_of_what_is_sent_is_taken(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    if endpoint.takes is None or endpoint.takes is Raw:
        return
    if endpoint.takes_body:
        sent = described["requestBody"]["content"]["application/json"]["example"]
        assert sent
        endpoint.takes.read_json(json.dumps(sent).encode())
    else:
        query = {each["name"]: str(each["example"]) for each in described["parameters"] if each.get("in") == "query"}
        assert query
        endpoint.takes.read_query(query)


@pytest.mark.parametrize(("schema", "example"), [pytest.param(*rest, id=name) for name, *rest in examples()])
def test_an_example_of_an_answer_is_as_its_schema_says(schema: dict[str, Any], example: Any) -> None:
    whole = schema | {"components": DOCUMENT["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(example)


def test_every_input_refuses_what_it_does_not_know() -> None:
    taken = [endpoint.takes for endpoint in ENDPOINTS if endpoint.takes_body]
    models = {model.__name__ for model in taken if model and model is not Raw}
    shapes = DOCUMENT["components"]["schemas"]
    assert models
    assert [name for name in models if shapes[name].get("additionalProperties") is not False] == []


def test_every_code_has_a_meaning_and_no_meaning_is_left_over() -> None:
    assert {kind.code for kind in codes.problems()} == set(codes.CODES)


def test_every_field_has_a_meaning_and_no_meaning_is_left_over() -> None:
    models = {name for name in DOCUMENT["components"]["schemas"] if name not in WRAPPINGS}
    properties = [(name, field) for name in models for field in DOCUMENT["components"]["schemas"][name]["properties"]]
    queries = [
        (endpoint.takes.__name__, field.alias or name)
        for endpoint in ENDPOINTS
        if endpoint.takes and not endpoint.takes_body and issubclass(endpoint.takes, BaseModel)
        for name, field in endpoint.takes.model_fields.items()
    ]
    known = [*properties, *queries]
    assert [f"{model}.{name}" for model, name in known if fields.entry(model, name) is None] == []
    used = {f"{model}.{name}" for model, name in known} | {name for _, name in known}
    assert set(fields.FIELDS) - used == set()


def test_what_is_written_of_single_routes_is_of_routes_there_are() -> None:
    assert {endpoint.route for endpoint in ENDPOINTS if endpoint.gives is Answer} == set(plain.PLAIN)
    assert {endpoint.route for endpoint in ENDPOINTS if endpoint.gives is not Answer} >= set(plain.FORMS)
    assert {endpoint.route for endpoint in ENDPOINTS if endpoint.gives is not Answer} >= set(moments.MOMENTS)
    assert {endpoint.route for endpoint in ENDPOINTS if endpoint.takes is Raw} == set(signed.SIGNED)
    assert {endpoint.route for endpoint in ENDPOINTS if endpoint.gives is dict} == set(ANSWERS)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.route)
def test_who_may_call_is_said_as_it_is_declared(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    doors = [name for alternative in described["security"] for name in alternative]
    declared = {"bearer": PERSON, "apiKey": KEY, "metricsToken": WATCHER}
    assert doors == [name for name, kind in declared.items() if kind in endpoint.who]
    assert described.get("x-permission") == endpoint.needs
    assert described.get("x-limit") == endpoint.limit
    assert described.get("x-plan") == endpoint.plan
    assert ("401" in described["responses"]) == bool(
        endpoint.who or endpoint.takes is Raw or signed.proofs_of(endpoint)
    )


class Note(Input):
    text: str


def note(_: Call, note: Note) -> dict[str, Any]:
    """Keep a note. It stays for a day. `text` is kept as it is."""
    return {"length": len(note.text)}


def described_note(**declared: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    endpoint = Endpoint("POST", "/notes/{id:uuid}", note, PERSON | KEY, "notes:write", Note, **declared)
    made = document([Listed("long_notes", "Notes.", endpoint)])
    return made, operation(endpoint, made)


def test_a_docstring_becomes_summary_and_description() -> None:
    made, described = described_note()
    assert described["operationId"] == "longNotesNote"
    assert (described["tags"], made["tags"]) == (["Long notes"], [{"name": "Long notes", "description": "Notes."}])
    assert described["summary"] == "Keep a note"
    assert described["description"].startswith("It stays for a day. `text` is kept as it is. For people with the")
    assert split_sentence("Use example.com, not 1.5. Then go.") == ("Use example.com, not 1.5.", "Then go.")


def test_the_path_says_what_its_parts_are() -> None:
    made, _ = described_note()
    assert list(made["paths"]) == ["/notes/{id}"]
    part = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    assert part in made["paths"]["/notes/{id}"]["parameters"]


def test_what_an_endpoint_declares_shows_in_its_answers() -> None:
    plain_one, full = (
        described_note()[1],
        described_note(
            plan="pro",
            idempotent=True,
            limit="notes",
            largest=2048,
            deprecated=date(2026, 12, 1),
            sunset=date(2027, 6, 1),
        )[1],
    )
    assert full["responses"].keys() - plain_one["responses"].keys() == {"402", "422"}
    assert full["responses"]["409"]["$ref"].endswith("/ConflictOrInProgress")
    assert (full["deprecated"], full["x-plan"], full["x-limit"]) == (True, "pro", "notes")
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in full["parameters"]
    more = {"Deprecation", "Sunset", "Idempotent-Replayed"}
    assert full["responses"]["200"]["headers"].keys() - plain_one["responses"]["200"]["headers"].keys() == more
    assert "Takes up to 2 KB. Part of the plan `pro`" in full["description"]


def test_an_alias_says_what_it_is_an_alias_of() -> None:
    made, described = described_note(aliases=("/long_notes/{id:uuid}",))
    other = made["paths"]["/long_notes/{id}"]["post"]
    assert (other["operationId"], other["deprecated"]) == ("longNotesNoteAlias1", False)
    assert other["description"] == f"An alias of `/notes/{{id:uuid}}`, for good. {described['description']}"


def silent(_: Call) -> dict[str, Any]:
    return {}


def test_an_endpoint_that_says_nothing_of_itself_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"GET /silent \(notes\.py\): its body needs a docstring"):
        document([Listed("notes", "Notes.", Endpoint("GET", "/silent", silent))])


def test_two_operations_of_one_name_or_place_are_refused() -> None:
    entries = [Listed("notes", "", Endpoint("POST", path, note, takes=Note)) for path in ("/a", "/b")]
    with pytest.raises(ValueError, match="two operations are called notesNote"):
        document(entries)
    with pytest.raises(ValueError, match="two operations for POST /a"):
        document([entries[0], entries[0]])


@pytest.mark.parametrize(("declared", "file"), [({"gives": Answer}, "plain"), ({"takes": Raw}, "signed")])
def test_what_cannot_be_known_of_an_endpoint_must_be_written(declared: dict[str, Any], file: str) -> None:
    with pytest.raises(SystemExit, match=rf"POST /new .* ops/reference/{file}\.py"):
        document([Listed("notes", "", Endpoint("POST", "/new", note, **declared))])
