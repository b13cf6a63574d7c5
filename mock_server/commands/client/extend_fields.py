"""The fields of an extend request on the command line: an option per documented field, and `NAME=VALUE`."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.profile_files import resolved
from mock_server.contract.rulebook import request_pointer
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import TYPES, cut

FITS: Final[Mapping[str, tuple[type, ...]]] = {"boolean": (bool,), "number": (int, float), "string": (str,)}
"""Types of Python by the document's name of a type."""
Schema = Mapping[str, Any]


def documented(profile: str = "apikley") -> Mapping[str, Schema]:
    """The properties of an extend request in the document that a profile reads, by name."""
    document = Document.read(OPENAPI / resolved(profile)["document"])
    properties: Mapping[str, Schema] = document.at(*request_pointer(operations()[EXTEND]), "properties")
    return properties


def option(name: str) -> str:
    """`continueAt` as `--continue-at`; `callBackUrl` as `--callback-url`."""
    words = name.replace("callBack", "callback")
    return "--" + re.sub("([A-Z])", r"-\1", words).lower()


def summary(schema: Schema) -> str:
    """The first sentence of a property's description."""
    return re.split(r"(?<=\.)\s+(?=[A-Z-])|\n", schema["description"].strip())[0]


def value(text: str, kind: str) -> Any:
    """What a text says: JSON where that is of the document's type `kind`, else the text."""
    found = _json(text)
    return found if _is_a(kind, found) else text


def typed(name: str, text: str, schema: Schema) -> Any:
    """The value of an option. Raises BadSetting for one that the field's type does not allow."""
    if schema["type"] == "string":
        return text
    found = _json(text)
    if not _is_a(schema["type"], found):
        raise BadSetting(
            f"{option(name)} {cut(text, 60)!r} is not {TYPES[schema['type']]}. "
            f"To send it nevertheless: --set '{name}={json.dumps(cut(text, 60))}'."
        )
    return found


def pairs(texts: Iterable[str], properties: Mapping[str, Schema] | None) -> dict[str, Any]:
    """`NAME=VALUE`, several times. With the properties of a document names have to be among them, and values take
    their types; without, a value is JSON where it is, else text. Raises BadSetting."""
    found = {}
    for text in texts:
        name, equals, given = text.partition("=")
        if not (name and equals):
            raise BadSetting(f"--set {cut(text, 60)!r} is not FIELD=VALUE. Example: --set title=Night.")
        if properties is not None and name not in properties:
            raise unknown("field", name, properties)
        found[name] = value(given, properties[name]["type"]) if properties else _json(given, given)
    return found


def _json(text: str, otherwise: Any = None) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return otherwise


def _is_a(kind: str, value: Any) -> bool:
    return isinstance(value, FITS[kind]) and (kind == "boolean" or not isinstance(value, bool))
