"""Answers of the control plane, held against its own document before anything is made of them. Pure."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from jsonschema_rs import Draft4Validator

from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.openapi_schema import CAME, in_draft_4, resolved
from mock_server.core.text import cut, printable, shown
from mock_server.http.base_urls import PREFIX

DOCUMENT: Final = "admin.openapi.yaml"
LONGEST: Final = 100
"""Characters of the way to a value that a text repeats."""


def has_body(method: str, path: str, status: int) -> bool | None:
    """Whether an answer of an operation has a body; None where the document has no answer of this status."""
    answer = _answers(method, _documented(path)).get(str(status))
    return None if answer is None else "content" in resolved(_document(), answer)


def flaw(method: str, path: str, status: int, value: Any) -> str:
    """What of an answer with a body is not as the document says: where, what came, and what is allowed. Empty where
    all is."""
    error = next(_validator(method, _documented(path), str(status)).iter_errors(value), None)
    if error is None:
        return ""
    place = printable(cut(".".join(map(str, error.instance_path)), LONGEST)) or "the answer"
    return f"{place}: {printable(cut(error.message)).replace(CAME, shown(error.instance))}"


def _documented(path: str) -> str:
    """The path of the document that a path below PREFIX is one of; one that stands there to the letter comes first."""
    steps = f"{PREFIX}/{path}".split("/")
    paths: list[str] = sorted(_document()["paths"], key=lambda each: "{" in each)
    return next(each for each in paths if _is_one(each, steps))


def _is_one(path: str, steps: Sequence[str]) -> bool:
    known = path.split("/")
    return len(known) == len(steps) and all(
        one == other or one.startswith("{") for one, other in zip(known, steps, strict=True)
    )


def _answers(method: str, path: str) -> Mapping[str, Any]:
    answers: Mapping[str, Any] = _document()["paths"][path][method.lower()]["responses"]
    return answers


@cache
def _validator(method: str, path: str, status: str) -> Draft4Validator:
    answer = resolved(_document(), _answers(method, path)[status])
    return Draft4Validator({**_document(), "allOf": [answer["content"]["application/json"]["schema"]]}, mask=CAME)


@cache
def _document() -> dict[str, Any]:
    """The document, its schemas in JSON Schema draft 4, which has no `nullable`."""
    document: dict[str, Any] = in_draft_4(load(OPENAPI / DOCUMENT))
    return document
