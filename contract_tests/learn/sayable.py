"""Which lines a profile can have: `openapi/profile.schema.json` tells. Pure."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

from jsonschema_rs import Draft202012Validator

from contract_tests.documents.files import ROOT
from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.profile import as_data

HALF = re.compile("[\ud800-\udfff]")
LONGEST = 1000
"""Characters of a text that is learned."""


def sayable(found: Iterable[Found]) -> Iterator[Found]:
    """What was learned, with what no profile can say left, and why."""
    for each in found:
        why = _why_not(each) if isinstance(each, Line) else ""
        yield Left(".".join(map(str, each[0])), why) if why else each


def _why_not(line: Line) -> str:
    if isinstance(line.value, str) and len(line.value) > LONGEST:
        return f"it has {len(line.value)} characters, and at most {LONGEST} are learned"
    # A key that is a number becomes a text, as in JSON.
    data = json.loads(json.dumps(as_data("apikley", [line])))
    if HALF.search("".join(map(str, line.path))):
        return "it has half of a character, which no file can hold"
    problem = next(iter(_validator().iter_errors(data)), None)
    return "" if problem is None else f"no profile can say it: {problem.message}"[:LONGEST]


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / "openapi" / "profile.schema.json").read_text("utf-8")))
