"""Says what is wrong with a profile: file, line, key, what came, what is allowed, and the nearest valid word. Pure.

The form of each file is `openapi/profile.schema.json`; what has to agree in the whole is in `profile_agreement.py`.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from mock_server.contract.operation_files import OPERATIONS, head
from mock_server.contract.profile_agreement import disagreements
from mock_server.contract.profile_files import OPERATION_FILES, chain, operation_files, read, without_nulls
from mock_server.contract.profile_places import Problem, files, place_in, repeated
from mock_server.contract.profile_schema import allowed_at, node, schema
from mock_server.core.errors import BadSetting, nearest
from mock_server.core.text import shown

FORMAT: Final = 1
"""The version of the format of profiles that is read."""


def problems(text: str) -> list[Problem]:
    """What is wrong with a profile, that which it extends included; nothing where it can be served. Raises BadSetting
    for a file that cannot be read."""
    found = [problem for path in chain(text) for problem in _of_file(path)]
    found = found or [problem for path in operation_files(text) for problem in _of_operations(text, path)]
    return found or list(disagreements(text, files(text)))


def check(text: str) -> None:
    """Raise BadSetting for a profile that cannot be served."""
    found = problems(text)
    if found:
        more = f" {len(found) - 1} more: suno-mock profiles check {text}" if len(found) > 1 else ""
        raise BadSetting(f"{found[0]}{more}")


def _of_file(path: Path) -> Iterator[Problem]:
    tree = read(path)
    version = tree.get("format")
    if version != FORMAT:
        yield Problem(place_in((path,), "format"), _version(version))
        return
    yield from repeated(path)
    yield from _wrong(path, without_nulls(tree))


def _of_operations(text: str, path: Path) -> Iterator[Problem]:
    """What is wrong with the form of a file that describes an operation: it is part of a profile."""
    try:
        described = head(path)
    except BadSetting as error:
        yield Problem(place_in(chain(text), OPERATION_FILES), f"{OPERATION_FILES}: {error}")
        return
    yield from _wrong(path, {"format": FORMAT, OPERATIONS: described})


def _wrong(path: Path, tree: Any) -> Iterator[Problem]:
    for error in _validator().iter_errors(_texts(tree)):
        pointer = tuple(error.instance_path)
        for key, said in _told(error):
            yield Problem(place_in((path,), *pointer, *key), said)


def _version(version: object) -> str:
    if version is None:
        return f"format is missing. Allowed: {FORMAT}, as the line `format: {FORMAT}`."
    if isinstance(version, int) and version > FORMAT:
        later = "that of a later suno-mock: use it, or write the form that this one reads"
        return f"format is {version}, {later}. Allowed: {FORMAT}."
    return f"format is {shown(_texts(version))}. Allowed: {FORMAT}."


def _told(error: ValidationError) -> Iterator[tuple[tuple[str, ...], str]]:
    """The key that an error is about, below the place where it is found, and what is wrong."""
    name = ".".join(map(str, error.instance_path))
    dot = f"{name}." if name else ""
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=keys):
            known = node(error.schema_path[:-1]).get("properties", {})
            for key in keys:
                yield (key,), _unknown(f"{dot}{key}", key, known)
        case ValidationErrorKind.PropertyNames(error=wrong):
            allowed = node(error.schema_path[: error.schema_path.index("propertyNames")])["propertyNames"]
            key = str(wrong.instance)
            yield (key,), _unknown(f"{dot}{key}", key, allowed.get("enum") or [allowed["description"]])
        case ValidationErrorKind.Required(property=key):
            yield (), f"{dot}{key} is missing. Allowed: {allowed_at((*error.schema_path[:-1], 'properties', key))}."
        case _:
            options = node(error.schema_path[:-1]).get("enum", ())
            close = nearest(str(error.instance), map(str, options))
            allowed = f"{allowed_at(error.schema_path[:-1])}{_in_quotes(error)}"
            yield (), f"{name} is {shown(error.instance)}.{close} Allowed: {allowed}."


def _in_quotes(error: ValidationError) -> str:
    """How a text is written that is allowed, where YAML has read something else from it."""
    texts = [text for each in node(error.schema_path[:-1]).get("anyOf", ()) for text in each.get("enum", ())]
    written = shown(error.instance)
    return f'; in quotes, "{written}", since YAML reads no text without them' if written in texts else ""


def _unknown(name: str, key: str, known: Any) -> str:
    names = list(map(str, known))
    return f"{name} is unknown.{nearest(key, names)} Allowed: {', '.join(names)}."


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _texts(value: Any) -> Any:
    """A value of YAML as JSON has it: keys are texts, and what JSON has not is written out."""
    if isinstance(value, dict):
        return {str(key): _texts(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [_texts(each) for each in value]
    if isinstance(value, date | bytes) or (isinstance(value, float) and not isfinite(value)):
        return f"the {type(value).__name__} {value!r}"
    return value
