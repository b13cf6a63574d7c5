"""A request as an OpenAPI document describes it: its fields, whether they come in the path, the query or the body."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from jiter import from_json
from jsonschema_rs import Draft4Validator
from starlette.requests import Request

KINDS: Final[Mapping[str, tuple[Callable[[str], Any], re.Pattern[str]]]] = {
    "integer": (int, re.compile(r"-?[0-9]{1,300}")),
    "number": (float, re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?(e[+-]?[0-9]{1,3})?")),
}
TEXT: Final[tuple[Callable[[str], Any], re.Pattern[str]]] = (str, re.compile(r"[\s\S]*"))
"""By the type that the schema asks for: how a text of the query becomes it, and what it looks like. Python refuses to
read very long numbers."""


class Problem(Exception):
    """A request that cannot be done: HTTP status and text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Described:
    """One operation of a document. `status` is that of its success."""

    def __init__(self, document: dict[str, Any], operation: dict[str, Any]) -> None:
        self.status = min(map(int, operation["responses"]))
        parameters = [_resolved(document, each) for each in operation.get("parameters", ())]
        self._query = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        self._query_validator = _validator(document, {"type": "object", "properties": self._query})
        self._body = _resolved(document, operation.get("requestBody"))
        if self._body is not None:
            self._body_validator = _validator(document, self._body["content"]["application/json"]["schema"])

    async def fields(self, request: Request) -> dict[str, Any]:
        """Everything that was sent, once it is what the document says. Raises Problem, with every field that is not."""
        query = {name: _converted(self._query[name], value) for name, value in self._asked(request)}
        _check(self._query_validator, query)
        body = await self._sent(request) if self._body is not None else {}
        return {**request.path_params, **query, **body}

    def _asked(self, request: Request) -> list[tuple[str, str]]:
        pairs = request.query_params.multi_items()
        unknown = sorted({name for name, _ in pairs} - set(self._query))
        if unknown:
            known = ", ".join(self._query) or "none"
            raise Problem(400, f"query parameter {unknown[0]!r} is unknown; allowed: {known}")
        return pairs

    async def _sent(self, request: Request) -> dict[str, Any]:
        raw = await request.body()
        if not raw and not self._body.get("required", False):
            return {}
        try:
            body: dict[str, Any] = from_json(raw, allow_inf_nan=False, catch_duplicate_keys=True)
        except ValueError as error:
            raise Problem(400, f"body is not JSON: {error}") from None
        _check(self._body_validator, body)
        return body


def _check(validator: Draft4Validator, value: Any) -> None:
    errors = validator.iter_errors(value)
    texts = [f"{'.'.join(map(str, error.instance_path)) or 'body'}: {error.message}" for error in errors]
    if texts:
        raise Problem(400, "; ".join(texts))


def _converted(schema: dict[str, Any], value: str) -> Any:
    kind, form = KINDS.get(schema.get("type", ""), TEXT)
    return kind(value) if form.fullmatch(value) else value  # the validator says what is wrong with it


def _resolved(document: dict[str, Any], node: Any) -> Any:
    """The node that a local reference means, or the node itself."""
    if isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found
    return node


def _validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft4Validator:
    """OpenAPI 3.0 is JSON Schema draft 4 but for `nullable`."""
    properties = {name: _nullable(_resolved(document, each)) for name, each in schema.get("properties", {}).items()}
    return Draft4Validator({**schema, "properties": properties})


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]} if schema.get("nullable") else schema
