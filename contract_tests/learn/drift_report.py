"""What has moved, as lines for a person, as JSON and as JUnit XML. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final
from xml.etree import ElementTree

from contract_tests.learn.compared import Compared, Outcome
from contract_tests.reports.report import About
from contract_tests.reports.rows import printable

COLUMNS: Final = ("document", "profile", "live", "mock")
NAME: Final = "suno-contract drift"
STATUS: Final = {Outcome.MOVED: 1, Outcome.UNSEEN: 3}
"""The exit status where a line came to this, the worst first; 0 where none did."""


def status(compared: Sequence[Compared]) -> int:
    """0: all is the same, 1: something has moved, 3: something could not be looked at."""
    found = {each.outcome for each in compared}
    return next((number for outcome, number in STATUS.items() if outcome in found), 0)


def summary(compared: Sequence[Compared], profile: str, about: About) -> str:
    """One line, such as for a chat."""
    counts = ", ".join(f"{sum(each.outcome is outcome for each in compared)} {outcome.value}" for outcome in Outcome)
    return f"{about.target} against {profile}: {counts}"


def lines(compared: Sequence[Compared]) -> Iterator[str]:
    """What has moved with the four columns, then what was not looked at, and what cannot be compared."""
    for each in compared:
        if each.outcome is Outcome.MOVED:
            yield f"moved: {each.line} ({each.who})"
            yield from (f"  {name:9} {shown(getattr(each, name))}" for name in COLUMNS)
    for outcome in (Outcome.UNSEEN, Outcome.UNCOMPARED):
        for each in compared:
            if each.outcome is outcome:
                now = "" if each.live is None else f"; profile {shown(each.profile)}, live {shown(each.live)}"
                yield f"{outcome.value}: {each.line}: {each.why or 'this run does not tell it'}{now}"


def shown(value: Any) -> str:
    """A value on one line."""
    return "-" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)


def as_json(compared: Sequence[Compared], profile: str, about: About) -> str:
    """Every line with its four columns."""
    told = [{**asdict(each), "outcome": each.outcome.value} for each in compared]
    whole = {
        "target": about.target,
        "profile": profile,
        "date": about.date,
        "status": status(compared),
        "summary": summary(compared, profile, about),
        "lines": told,
    }
    return json.dumps(whole, indent=2, default=str) + "\n"


def as_junit(compared: Sequence[Compared], about: About) -> str:
    """A test case for each line: what has moved is a failure, what was not looked at an error."""
    suite = ElementTree.Element(
        "testsuite",
        name=NAME,
        tests=str(len(compared)),
        failures=str(sum(each.outcome is Outcome.MOVED for each in compared)),
        errors=str(sum(each.outcome is Outcome.UNSEEN for each in compared)),
        skipped=str(sum(each.outcome is Outcome.UNCOMPARED for each in compared)),
        time=f"{about.took or 0:.3f}",
    )
    kinds = {Outcome.MOVED: "failure", Outcome.UNSEEN: "error", Outcome.UNCOMPARED: "skipped"}
    for each in compared:
        case = ElementTree.SubElement(suite, "testcase", classname=NAME, name=printable(each.line), time="0.000")
        if each.outcome in kinds:
            told = "; ".join(f"{name} {shown(getattr(each, name))}" for name in COLUMNS)
            message = told if each.outcome is Outcome.MOVED else each.why
            ElementTree.SubElement(case, kinds[each.outcome], message=printable(message))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
