"""Servers that read an open question in two ways: either would be legal, both at once is not."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from contract_tests.targets.behaviour import GONE
from contract_tests.targets.changes import (
    Change,
    answering,
    checking,
    is_code,
    is_extend,
    measured,
    sparing,
    tracks_with,
)
from contract_tests.targets.checks import Body
from contract_tests.targets.edition import TEXTS, Edition

UNITS: Final[dict[str, Callable[[str], int]]] = {
    "bytes": lambda text: len(text.encode()),
    "UTF-16 units": lambda text: len(text.encode("utf-16-le")) // 2,
}


def _named(edition: Edition) -> Iterator[tuple[str, tuple[str, ...], Change]]:
    for name, question, change in _twofold(edition):
        yield name, (question, f"question.{question}", "extend.*"), change


def _twofold(edition: Edition) -> Iterator[tuple[str, str, Change]]:
    for name in TEXTS:
        for unit, measure in UNITS.items():
            change = checking(f"{name}.length", measured(name, measure))
            yield f"counts {unit} of {name} alone", "string_length", change
    for model in edition.models:
        change = sparing("model.source", partial(_of_model, model))
        yield f"takes {model} for any source", "model_mismatch", change
    for code in (401, 404, 422):
        found = (
            (lambda asked, answer: is_extend(asked, answer) and "nobody" in str(answer.content))
            if code == 404
            else is_code(code)
        )
        change = answering(found, lambda answer: answer.merged({"data": GONE}))
        yield f"no data in {code} alone", "error_data", change
    text = tracks_with({"createTime": "2025-01-01T00:00:00Z"}, "complete")
    yield "another createTime at complete alone", "create_time", text


def _of_model(model: str, body: Body) -> bool:
    return body.get("model") == model


FAMILIES: Final = {"two readings": _named}
