"""The report as JUnit XML, as GitLab and Jenkins read it. Pure."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final
from xml.etree import ElementTree

from contract_tests.reports.causes import broken
from contract_tests.reports.report import About, Report
from contract_tests.reports.rows import Row, costs, curl, printable
from contract_tests.verdicts.results import Result, Verdict

NAME: Final = "suno-contract"
LONGEST: Final = 160
"""Characters of a message: more makes no list of failures readable."""
OTHERWISE: Final = "openapi/judged.yaml"
"""Where a rule stands that no line of a document states."""


def as_junit(report: Report) -> str:
    """One test case per rule: a violation is a failure, what was not tried is skipped. A deviation is a failure where
    it counts, and else stands in the output of a test that passed."""
    found, about = report.rows, report.about
    failing = (Verdict.VIOLATED, Verdict.DEVIATED) if about.strict else (Verdict.VIOLATED,)
    suite = ElementTree.Element(
        "testsuite",
        name=NAME,
        tests=str(len(found) + bool(about.nothing)),
        failures=str(sum(row.verdict in failing for row in found)),
        errors=str(int(bool(about.nothing))),
        skipped=str(sum(row.verdict is Verdict.NOT_TRIED for row in found)),
        time=f"{about.took or sum(map(seconds, found)):.3f}",
    )
    if about.date:
        suite.set("timestamp", about.date[:19])
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _told(about):
        ElementTree.SubElement(properties, "property", name=name, value=printable(value))
    if about.nothing:
        case = ElementTree.SubElement(suite, "testcase", classname=NAME, name="run", time="0.000")
        ElementTree.SubElement(case, "error", message=_short(about.nothing)).text = printable(about.nothing)
    for row in found:
        _add(suite, row, fails=row.verdict in failing)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _told(about: About) -> Iterator[tuple[str, str]]:
    """What the run was, as far as the suite does not say it elsewhere."""
    for name, value in asdict(about).items():
        if name not in ("took", "date", "nothing", "recorded") and value not in (None, ""):
            yield name, str(value)


def _add(suite: ElementTree.Element, row: Row, *, fails: bool) -> None:
    """Adds the test case of a rule."""
    group = row.rule.partition(".")[0]
    told = {"classname": f"{NAME}.{group}", "name": row.rule, "time": f"{seconds(row):.3f}", **place(row)}
    case = ElementTree.SubElement(suite, "testcase", told)
    if fails:
        worst = broken(row)[0]
        failure = ElementTree.SubElement(case, "failure", message=message(worst), type=worst.basis.source)
        failure.text = printable("\n".join(_lines(row)))
    elif row.verdict is Verdict.DEVIATED:
        ElementTree.SubElement(case, "system-out").text = printable("\n".join(_lines(row)))
    elif row.verdict is Verdict.NOT_TRIED:
        ElementTree.SubElement(case, "skipped", message=_short(row.results[0].why))


def seconds(row: Row) -> float:
    """How long the answers took to the requests that tried a rule, in sum."""
    exchanges = {id(each.exchange): each.exchange for each in row.results if each.exchange}
    return sum(each.answered - each.started for each in exchanges.values())


def place(row: Row) -> dict[str, str]:
    """The file where the rule stands, and the line."""
    file, _, line = row.results[0].citation.place.rpartition(":")
    return {"file": f"openapi/{file}", "line": line} if line.isdecimal() else {"file": OTHERWISE}


def message(result: Result) -> str:
    """What was expected and what came, on one short line."""
    first = result.findings[0]
    return _short(f"expected {first.expected}; got {first.got}")


def _short(text: str) -> str:
    text = printable(text.replace("\n", " "))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _lines(row: Row) -> Iterator[str]:
    """What a reader of a failure needs: the rule and where it stands, what was tried and came, and how to repeat it."""
    result = broken(row)[0]
    source, demand, citation = result.basis
    yield f"{row.rule}: {demand or 'unknown'} ({source})"
    yield from filter(None, [str(citation)])
    if result.probe:
        yield f"tried: {result.probe.says}"
    for each in result.findings:
        yield from (f"expected: {each.expected}", f"got: {each.got}")
    if (more := len(broken(row)) - 1) > 0:
        yield f"and {more} more, in report.html"
    if result.exchange:
        yield "repeat it, which may start a task and cost credits:" if costs(result) else "repeat it:"
        yield curl(result.exchange)
