"""The shapes of what is sent and answered, from the pydantic models. What JSON Schema cannot say is in fields.py."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from ops.reference import fields
from shared.endpoint import Endpoint

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"


class Plainly(GenerateJsonSchema):
    """Pydantic's schemas without the titles of fields, which repeat their names."""

    def field_title_should_be_set(self, schema: object) -> bool:
        """Leave every title out."""
        del schema
        return False


class Shapes:
    """The schemas of all models that endpoints take and give, each once."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        """Make them; a model that is both taken and given has two, as what it demands differs."""
        declared = list(endpoints)
        taken = {endpoint.takes for endpoint in declared if endpoint.takes_body}
        wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
        wanted += [(model, "validation") for model in _models(taken)]
        wanted += [(model, "serialization") for model in _models(endpoint.gives for endpoint in declared)]
        self._references, document = models_json_schema(wanted, ref_template=REF, schema_generator=Plainly)
        partial = {endpoint.takes.__name__ for endpoint in declared if endpoint.takes and endpoint.method == "PATCH"}
        self.definitions = {
            name: told(name, schema, defaults=name not in partial)
            for name, schema in sorted(document.get("$defs", {}).items())
        }

    def taken(self, model: type) -> Schema:
        """Return the schema of a body; what is taken byte for byte has none."""
        return self._reference(model, "validation")

    def given(self, model: type) -> Schema:
        """Return the schema of an answer's data; where an endpoint gives a dict it is some object."""
        return self._reference(model, "serialization")

    def definition(self, schema: Schema) -> Schema:
        """Return what a reference leads to; any other schema is its own."""
        return self.definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def _reference(self, model: type, mode: JsonSchemaMode) -> Schema:
        return self._references.get((model, mode), {"type": "object"})


def query_properties(model: type[BaseModel]) -> dict[str, Schema]:
    """Return the parameters of a query by name."""
    schema = model.model_json_schema(schema_generator=Plainly)
    properties = told(model.__name__, schema)["properties"]
    return {name: _without_null(member) for name, member in properties.items()}


def required(model: type[BaseModel]) -> list[str]:
    """Return the names of a query's parameters that must be sent."""
    return list(model.model_json_schema(schema_generator=Plainly).get("required", []))


def told(model: str, schema: Schema, *, defaults: bool = True) -> Schema:
    """Return a model's schema with what its fields mean. A change has no defaults: what it leaves out stays."""
    plain = {name: member for name, member in schema.items() if name != "title"}
    if "properties" not in plain:
        return plain
    properties = {}
    for name, member in plain["properties"].items():
        keeps_default = defaults and member.get("default") is not None
        kept = {key: value for key, value in member.items() if key != "default" or keeps_default}
        properties[name] = kept | fields.description_of(model, name)
    return plain | {"properties": properties}


def _without_null(schema: Schema) -> Schema:
    # A query has no way to write null.
    options: list[Schema] = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if len(options) != 1:
        return schema
    return {name: member for name, member in schema.items() if name != "anyOf"} | options[0]


def _models(types: Iterable[type | None]) -> list[type[BaseModel]]:
    found = {each for each in types if each and issubclass(each, BaseModel)}
    return sorted(found, key=lambda model: model.__name__)
