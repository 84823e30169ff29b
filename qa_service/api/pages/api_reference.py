"""What the page of the contract shows: endpoints and models out of the OpenAPI schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
PLAIN_TYPES = {"integer": "whole number", "boolean": "true or false", "null": "null", "object": "object"}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a type's name; `model` where it links to one."""

    text: str
    model: str | None = None


def prose(text: str) -> list[list[tuple[str, bool]]]:
    """Paragraphs of a docstring, each in parts that are code or not."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return [[(part, bool(n % 2)) for n, part in enumerate(p.split("`")) if part] for p in paragraphs if p]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a model."""

    name: str
    type: list[Part]
    required: bool
    default: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    description: str
    parameters: list[Field]
    body: list[Part]
    answer: list[Part]


@dataclass(frozen=True, slots=True)
class Model:
    """A JSON object."""

    name: str
    description: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything the schema says that a reader needs."""

    endpoints: list[Endpoint]
    models: list[Model]


def contract(schema: Mapping[str, Any]) -> Contract:
    """An OpenAPI schema as a reader wants it."""
    endpoints = [
        _endpoint(method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    models = [
        Model(name, model.get("description", ""), list(_fields(model)))
        for name, model in sorted(schema.get("components", {}).get("schemas", {}).items())
    ]
    return Contract(endpoints, models)


def _endpoint(method: str, path: str, operation: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        method.upper(),
        path,
        operation.get("description", operation.get("summary", "")),
        [
            _field(parameter["name"], parameter["schema"], required=parameter.get("required", False))
            for parameter in operation.get("parameters", [])
        ],
        _content_type(operation.get("requestBody", {})),
        _content_type(operation.get("responses", {}).get("200", {})),
    )


def _content_type(holder: Mapping[str, Any]) -> list[Part]:
    schema = holder.get("content", {}).get(JSON, {}).get("schema")
    return list(_type(schema)) if schema else []


def _fields(model: Mapping[str, Any]) -> Iterator[Field]:
    required = model.get("required", [])
    for name, schema in model.get("properties", {}).items():
        yield _field(name, schema, required=name in required)


def _field(name: str, schema: Mapping[str, Any], *, required: bool) -> Field:
    default = _literal(schema["default"]) if "default" in schema else None
    return Field(name, list(_type(schema)), required, default, schema.get("description", ""))


def _type(schema: Mapping[str, Any]) -> Iterator[Part]:
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        yield Part(name, name)
    elif options := schema.get("anyOf") or schema.get("oneOf"):
        for number, option in enumerate(options):
            if number:
                yield Part(" or ")
            yield from _type(option)
    elif schema.get("type") == "array":
        yield Part("list of ")
        yield from _type(schema.get("items", {}))
    elif "const" in schema:
        yield Part(_literal(schema["const"]))
    else:
        yield Part(PLAIN_TYPES.get(schema.get("type", ""), schema.get("type", "anything")) + _bounds(schema))


def _bounds(schema: Mapping[str, Any]) -> str:
    for least, most in (("minimum", "maximum"), ("minLength", "maxLength")):
        if least in schema and most in schema:
            return f", {schema[least]} to {schema[most]}"
    return ""


def _literal(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
