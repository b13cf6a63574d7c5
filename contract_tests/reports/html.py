"""The report as one HTML page that loads nothing else."""

from typing import Final

from jinja2 import Environment, PackageLoader, select_autoescape

from contract_tests.reports.report import Report
from contract_tests.reports.rows import WORST, Row, curl, printable
from contract_tests.verdicts.results import Result, Verdict

CHAPTERS: Final = {
    Verdict.VIOLATED: "Violations, each with its smallest request",
    Verdict.DEVIATED: "Deviations: the target does otherwise than expected, and the document does not forbid it",
}
TABLES: Final = {Verdict.OBSERVED: "Open questions, as observed", Verdict.NOT_TRIED: "Not tried, and why"}


def as_html(report: Report) -> str:
    """The page: a summary, all rules by verdict, and each violation and deviation with a curl that repeats it.
    All is escaped, and holds nothing that turns the direction of a text round."""
    environment = Environment(
        loader=PackageLoader("contract_tests.reports", "."),
        autoescape=select_autoescape(default=True),
        finalize=lambda value: printable(value) if isinstance(value, str) else value,
        trim_blocks=True,
    )
    return environment.get_template("report.html.jinja").render(
        by_verdict={verdict: [row for row in report.rows if row.verdict is verdict] for verdict in WORST},
        broken=broken,
        chapters=CHAPTERS,
        tables=TABLES,
        target=report.about.target,
        document=report.about.document,
        summary="\n".join(report.summary),
        curl=curl,
        Verdict=Verdict,
    )


def broken(row: Row) -> list[Result]:
    """The results that do not keep the rule of a row, the smallest request first."""
    found = [each for each in row.results if each.broken]
    return sorted(found, key=lambda each: len(each.exchange.sent) if each.exchange else 0)
