"""The report as one HTML page that needs nothing else."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, select_autoescape

from contract_tests.reports import Row, curl, summary
from contract_tests.results import Verdict


def as_html(found: Sequence[Row], target: str, document: str, spent: int) -> str:
    """A matrix of all rules by verdict, then each violation with what reproduces it. Everything shown is escaped."""
    environment = Environment(
        loader=PackageLoader("contract_tests", "."), autoescape=select_autoescape(default=True), trim_blocks=True
    )
    return environment.get_template("report.html.jinja").render(
        rows=found,
        violated=[row for row in found if row.verdict is Verdict.VIOLATED],
        verdicts=list(Verdict),
        counts={verdict: sum(row.verdict is verdict for row in found) for verdict in Verdict},
        target=target,
        document=document,
        summary=summary(found, spent),
        curl=curl,
        Verdict=Verdict,
    )
