"""The report as one HTML page that loads nothing else."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from contract_tests.documents.sources import Source
from contract_tests.reports.bodies import body
from contract_tests.reports.causes import broken, causes
from contract_tests.reports.needs import not_tried
from contract_tests.reports.report import About, Report
from contract_tests.reports.rows import WORST, Row, costs, curl, printable
from contract_tests.verdicts.results import Verdict

SOURCES: Final[Mapping[Source, str]] = {
    Source.DOCUMENT: "the document",
    Source.SENSE: "plain sense",
    Source.FAMILY: "the family of providers",
    Source.INFERRED: "an inference of the harness",
    Source.OPEN: "an open question",
}


def as_html(report: Report) -> str:
    """The page: a banner, what the run was, violations by cause, deviations, readings, what was not tried, all rules,
    and every task. All is escaped, and holds nothing that turns the direction of a text round."""
    by_verdict = {verdict: [row for row in report.rows if row.verdict is verdict] for verdict in WORST}
    return template("report.html.jinja").render(
        about=report.about,
        body=body,
        broken=broken,
        by_verdict=by_verdict,
        costs=costs,
        curl=curl,
        deviations=causes(by_verdict[Verdict.DEVIATED]),
        facts=facts(report.about),
        not_tried=list(not_tried(by_verdict[Verdict.NOT_TRIED])),
        readings=list(readings(by_verdict[Verdict.OBSERVED], report.picks)),
        report=report,
        sources=SOURCES,
        tasks=[each for each in report.asked if each.exchange.tasks],
        verdict=_verdict(report.about, {verdict: len(rows) for verdict, rows in by_verdict.items()}),
        violations=causes(by_verdict[Verdict.VIOLATED]),
        worst=WORST,
    )


def template(name: str) -> Template:
    """A page's template, which escapes all that it is given."""
    environment = Environment(
        loader=PackageLoader("contract_tests.reports", "."),
        autoescape=select_autoescape(default=True),
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _shown(value: Any) -> Any:
    """What stands on the page for a value; what a part of the page has made is shown already."""
    return printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _verdict(about: About, rules: Mapping[Verdict, int]) -> tuple[str, str]:
    return ("none", "Nothing was found out") if about.nothing else banner(rules, strict=about.strict)


def banner(rules: Mapping[Verdict, int], *, strict: bool) -> tuple[str, str]:
    """The verdict on a target: whether it conforms, and in words. `rules` counts those of each verdict: a run may have
    tried a few alone."""
    violations, deviations, passed = (rules[each] for each in (Verdict.VIOLATED, Verdict.DEVIATED, Verdict.PASSED))
    if not violations + deviations + passed:
        return "none", "No verdict"
    deviated = _counted(deviations, "deviation")
    if violations or (deviations and strict):
        return "no", _counted(violations, "violation") + (f", {deviated}" if deviations else "")
    return "yes", f"Conforms in {_counted(passed, 'rule')}" + (f", with {deviated}" if deviations else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def facts(about: About) -> list[tuple[str, str]]:
    """What a run was, by name."""
    return [(name, told) for name, told in _facts(about) if told]


def _facts(about: About) -> Iterable[tuple[str, str]]:
    yield "target", about.target
    yield "document", about.document
    yield "profile", about.profile
    yield "seed", "" if about.seed is None else str(about.seed)
    yield "begun", about.date
    yield "duration", "" if about.took is None else f"{about.took:.1f} s"
    yield "tasks", "" if about.spent is None else _tasks(about)
    yield "version", about.version and f"suno-contract {about.version}"
    yield "deviations", "count (--strict)" if about.strict else ""


def _tasks(about: About) -> str:
    budget = "" if about.budget is None else f" of a budget of {about.budget}"
    return f"{about.spent} started at most{budget}"


def readings(found: Iterable[Row], picks: Mapping[str, str]) -> Iterable[Mapping[str, Any]]:
    """Each question, with how the target reads it and what the profile picks."""
    for row in found:
        first = row.results[0]
        name = row.rule.removeprefix("question.")
        reads = ", ".join(dict.fromkeys(each.why for each in row.results if each.verdict is Verdict.OBSERVED))
        yield {"rule": row.rule, "question": first.citation.quote, "reads": reads, "picked": picks.get(name, "")}
