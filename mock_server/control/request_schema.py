"""Reads and validates a request by an OpenAPI document: fields of the path, the query and the body."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jiter import from_json
from jsonschema_rs import Draft4Validator, ValidationError, ValidationErrorKind
from starlette.requests import Request

from mock_server.contract.decode import BODY_LIMIT, not_json
from mock_server.contract.openapi_schema import CAME, in_draft_4, resolved
from mock_server.core.errors import nearest
from mock_server.core.text import LISTED, cut, listed, shown
from mock_server.http.read_request import read_body

INTEGER: Final = re.compile(r"-?[0-9]{1,300}")
"""A whole number of the query; Python refuses to read very long ones."""
WAY_OUT: Final = "x-way-out"
"""What a field of the document says where it is none of its values."""


class Problem(Exception):
    """A request that cannot be done: HTTP status, text, and headers of the answer."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers


class RequestSchema:
    """One operation of a document. `status` is that of its success."""

    def __init__(self, document: dict[str, Any], operation: dict[str, Any]) -> None:
        self.status = min(map(int, operation["responses"]))
        parameters = [resolved(document, each) for each in operation.get("parameters", ())]
        query = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        self._query = Schema(document, {"type": "object", "properties": query})
        self._body = resolved(document, operation.get("requestBody"))
        if self._body is not None:
            self._sent = Schema(document, self._body["content"]["application/json"]["schema"])

    async def fields(self, request: Request) -> dict[str, Any]:
        """Everything that was sent, and the defaults of what was not, once it is what the document says.

        Raises Problem, with every field that is not.
        """
        query = self._query.checked(dict(self._asked(request)))
        body = await self._read(request)
        return {**request.path_params, **query, **body}

    def _asked(self, request: Request) -> list[tuple[str, Any]]:
        pairs = request.query_params.multi_items()
        names = [name for name, _ in pairs]
        known = self._query.properties
        for name in sorted(set(names)):
            if name not in known:
                allowed = ", ".join(known) or "none"
                raise Problem(400, f"query parameter {cut(name)!r} is unknown.{nearest(name, known)} Known: {allowed}")
            if names.count(name) > 1:
                raise Problem(400, f"query parameter {name!r} came {names.count(name)} times; allowed: once")
        return [(name, _converted(known[name], value)) for name, value in pairs]

    async def _read(self, request: Request) -> dict[str, Any]:
        raw = await read_body(request.receive)
        if raw is None:
            raise Problem(400, f"body is too large; allowed: at most {BODY_LIMIT} bytes")
        if self._body is None:
            if raw.strip() not in (b"", b"{}"):
                raise Problem(400, f"body is {shown(raw.decode('latin-1'))}; allowed: none")
            return {}
        if not raw.strip():
            if not self._body.get("required", False):
                return self._sent.checked({})
            raise Problem(400, f"body is missing; allowed: {self._allowed(self._body)}")
        try:
            body = from_json(raw, allow_inf_nan=False, catch_duplicate_keys=True)
        except ValueError as error:
            why = not_json(raw, request.headers.get("content-encoding", ""), error, "JSON in UTF-8, each key once")
            raise Problem(400, f"body is not JSON: {why}") from None
        return self._sent.checked(body)

    def _allowed(self, body: dict[str, Any]) -> str:
        """What a body may be: as the document describes it, or the fields that it needs."""
        described: str = body.get("description", "")
        return described or " with ".join(filter(None, ("a JSON object", listed(self._sent.required))))


class Schema:
    """The schema of an object, in OpenAPI 3.0: JSON Schema draft 4 but for `nullable`."""

    def __init__(self, document: dict[str, Any], schema: dict[str, Any]) -> None:
        self.properties: dict[str, Any] = {
            name: in_draft_4(resolved(document, each)) for name, each in schema.get("properties", {}).items()
        }
        self.required: list[str] = schema.get("required", [])
        self._validator = Draft4Validator({**schema, "properties": self.properties}, mask=CAME)
        self._defaults = {name: each["default"] for name, each in self.properties.items() if "default" in each}

    def checked(self, value: Any) -> dict[str, Any]:
        """The object with the defaults of what is missing. Raises Problem with everything that is wrong with it."""
        texts = [text for error in self._validator.iter_errors(value) for text in _texts(error, self.properties)]
        if texts:
            raise Problem(400, "; ".join(texts))
        return {**self._defaults, **value}


def _texts(error: ValidationError, known: Mapping[str, Any]) -> Iterator[str]:
    field = cut(".".join(map(str, error.instance_path))) or "body"
    schema = known.get(field, {})
    way_out = f"; {schema[WAY_OUT]}" if WAY_OUT in schema else ""
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            for name in names[:LISTED]:
                yield f"{cut(name)}: unknown field.{nearest(name, known)} Known: {', '.join(known)}"
        case ValidationErrorKind.Enum(options=options):
            yield f"{field}: {_unknown(error.instance, options)}{way_out}"
        case ValidationErrorKind.Type() if "enum" in schema:
            pass  # what is none of the values says more than of which type they are
        case _:
            yield f"{field}: {cut(error.message).replace(CAME, shown(error.instance))}"


def _unknown(came: Any, options: Sequence[Any]) -> str:
    """That a value is none of these; the nearest of them, where letters can tell."""
    if len(options) == 1:
        return f"{shown(came)} is not allowed. Allowed: {shown(options[0])}, or leave it out"
    names = [each if isinstance(each, str) else shown(each) for each in options]
    close = nearest(came, names, alike=0) if isinstance(came, str) else ""
    return f"{shown(came)} is unknown.{close} Known: {', '.join(names)}"


def _converted(schema: dict[str, Any], value: str) -> Any:
    """A text of the query as the type that the schema asks for; the validator says what is wrong with others."""
    return int(value) if schema.get("type") == "integer" and INTEGER.fullmatch(value) else value
