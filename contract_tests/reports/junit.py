"""The report as JUnit XML. Pure."""

import json
from xml.etree import ElementTree

from contract_tests.reports.json_report import as_dict
from contract_tests.reports.report import Report
from contract_tests.reports.rows import printable
from contract_tests.verdicts.results import Verdict


def as_junit(report: Report) -> str:
    """One test case per rule: a violation is a failure, what was not tried is skipped. A deviation is a failure where
    it counts, and else stands in the output of a test that passed."""
    found = report.rows
    failing = (Verdict.VIOLATED, Verdict.DEVIATED) if report.about.strict else (Verdict.VIOLATED,)
    suite = ElementTree.Element(
        "testsuite",
        name="suno-contract",
        tests=str(len(found)),
        failures=str(sum(row.verdict in failing for row in found)),
        skipped=str(sum(row.verdict is Verdict.NOT_TRIED for row in found)),
    )
    for row in found:
        case = ElementTree.SubElement(suite, "testcase", classname="suno-contract", name=row.rule)
        if row.verdict in failing:
            failure = ElementTree.SubElement(case, "failure", message=printable(row.line))
            failure.text = printable(json.dumps(as_dict(row), indent=2))
        elif row.verdict is Verdict.DEVIATED:
            ElementTree.SubElement(case, "system-out").text = printable(row.line)
        elif row.verdict is Verdict.NOT_TRIED:
            ElementTree.SubElement(case, "skipped", message=printable(row.results[0].why))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
