"""The fields of an extend request in a terminal: an option per documented field, `NAME=VALUE` and `NAME:=JSON`."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.examples import CALLBACKS, documented_request
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.profile_files import resolved
from mock_server.contract.rule_source import request_pointer
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import TYPES, allowed_by, cut

FITS: Final[Mapping[str, tuple[type, ...]]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
"""Types of Python by the document's name of a type."""
LIMITS: Final = ("enum", "minimum", "maximum", "multipleOf")
"""Keywords of a schema that a help tells."""
NONE: Final = object()
"""What a text says that is no JSON."""
Schema = Mapping[str, Any]


def documented(profile: str = "apikley") -> Mapping[str, Schema]:
    """The properties of an extend request in the document that a profile reads, and its own, by name."""
    tree = resolved(profile)
    document = Document.read(OPENAPI / tree["document"])
    properties: Mapping[str, Schema] = document.at(*request_pointer(operations()[EXTEND]), "properties")
    own: Mapping[str, Schema] = tree["operations"][EXTEND].get("properties", {})
    return {**properties, **own}


def option(name: str) -> str:
    """`continueAt` as `--continue-at`; `callBackUrl` as `--callback-url`."""
    words = name.replace("callBack", "callback")
    return "--" + re.sub("([A-Z])", r"-\1", words).lower()


def summary(schema: Schema) -> str:
    """The first sentence of a property's description."""
    return re.split(r"(?<=\.)\s+(?=[A-Z-])|\n", schema.get("description", "").strip())[0]


def described(name: str, schema: Schema) -> str:
    """The help of an option: what the field is, what is allowed, and what is sent without it."""
    limits = [allowed_by(keyword, schema[keyword]) for keyword in LIMITS if keyword in schema]
    allowed = f" Allowed: {', '.join(limits)}." if limits else ""
    example = documented_request("apikley").get(name)
    sent = CALLBACKS if name == "callBackUrl" else example if isinstance(example, str) else json.dumps(example)
    return f"{summary(schema)}{allowed}  [default: {cut(sent, 40)}]"


def typed(name: str, text: str, schema: Schema) -> Any:
    """The value of an option. Raises BadSetting for one that the field's type does not allow."""
    return text if schema["type"] == "string" else _of_kind(name, text, schema["type"], option(name))


def pairs(texts: Iterable[str], properties: Mapping[str, Schema], *, further: bool = False) -> dict[str, Any]:
    """What `NAME=VALUE` and `NAME:=JSON` say, several times. A VALUE has the documented type of its field; JSON is sent
    as it is. With `further` it is a request to be sent, which may be wrong, and have fields that are not documented.
    Raises BadSetting."""
    found = {}
    for text in texts:
        name, equals, given = text.partition("=")
        raw = name.endswith(":")
        name = name.removesuffix(":")
        if not (name and equals):
            raise BadSetting(
                f"--set {cut(text, 60)!r} is neither FIELD=VALUE nor FIELD:=JSON. Example: --set title=Night."
            )
        if name not in properties and not further:
            raise unknown("field", name, properties)
        kind = properties.get(name, {}).get("type")
        found[name] = _raw(name, given) if raw else _said(name, given, kind, may_be_wrong=further)
    return found


def _raw(name: str, text: str) -> Any:
    """What `NAME:=JSON` says."""
    found = _json(text, NONE)
    if found is NONE:
        raise BadSetting(
            f"--set {name}:={cut(text, 60)!r} is no JSON, which has to follow `:=`. "
            f"To send it as a text: --set {shlex.quote(f'{name}:={json.dumps(cut(text, 60))}')}."
        )
    return found


def _said(name: str, text: str, kind: str | None, *, may_be_wrong: bool) -> Any:
    """What `NAME=VALUE` says: of a field that is not documented JSON where it is, else the text."""
    if kind is None:
        return _json(text, text)
    if kind == "string":
        found = _json(text)
        return found if isinstance(found, str) else text
    return _of_kind(name, text, kind, f"--set {name}", may_be_wrong=may_be_wrong)


def _of_kind(name: str, text: str, kind: str, said: str, *, may_be_wrong: bool = True) -> Any:
    found = _json(text)
    if not _is_a(kind, found):
        raw = text if found is not None or text == "null" else json.dumps(cut(text, 60))
        nevertheless = f"To send it nevertheless: --set {shlex.quote(cut(f'{name}:={raw}', 200))}."
        way_out = nevertheless if may_be_wrong else "Callbacks are those of a request that was accepted."
        raise BadSetting(f"{said} {cut(text, 60)!r} is not {TYPES[kind]}. {way_out}")
    return found


def _json(text: str, otherwise: Any = None) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return otherwise


def _finite(digits: str) -> float:
    """A number that JSON can carry: 1e999 is none for Python."""
    if not isfinite(number := float(digits)):
        raise ValueError(digits)
    return number


def _is_a(kind: str, value: Any) -> bool:
    return isinstance(value, FITS[kind]) and (kind == "boolean" or not isinstance(value, bool))
