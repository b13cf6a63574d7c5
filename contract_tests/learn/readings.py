"""The readings of the open questions, as picks of a profile. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.learn.spacing import QUESTION, spacing
from contract_tests.reports.report import Asked
from contract_tests.reports.rows import Row
from contract_tests.verdicts.results import Verdict

ASKING: Final = "question."
"""What the rules begin with whose probes ask a question."""
TRIGGER: Final = "--trigger callback-501=…"
PATIENCE: Final = "--callback-timeout 1600 (time for all retries)"
LARGER: Final = "a larger --budget"
NEEDS: Final[Mapping[str, str]] = {
    "server_error_status": "--trigger 500=…",
    "v4_5all_title": "a source track of V4_5ALL",
    "failure_type": TRIGGER,
    "failure_data": TRIGGER,
    "received_statuses": PATIENCE,
    "retry_spacing": PATIENCE,
    "after_giving_up": PATIENCE,
    "callback_order": PATIENCE,
    "callback_exception": f"{PATIENCE} on a server whose records tell of a lost callback",
}
"""By question: with what a run may tell its reading, beside a larger budget."""
NEVER: Final[Mapping[str, str]] = {"persona_twice": "the harness asks for no personas"}
"""By question: why no run tells its reading."""


def picks(rows: Iterable[Row], asked: Iterable[Asked], published: Published) -> Iterator[Found]:
    """The reading of every question that has one, and why each other has none."""
    spaced = [*spacing(asked, published)]
    by_question = {row.rule.removeprefix(ASKING): row for row in rows if row.verdict is not Verdict.NOT_TRIED}
    untried = {row.rule.removeprefix(ASKING): row for row in rows if row.verdict is Verdict.NOT_TRIED}
    for question, entry in published.questions.items():
        if question == QUESTION and spaced:
            yield from spaced
        elif question in by_question:
            yield _pick(question, by_question[question], [*entry["readings"]])
        else:
            why = untried[question].results[0].why if question in untried else "nothing that was sent tells it"
            yield Left(f"picks.{question}", f"{why}; {_way_out(question)}")


def _pick(question: str, row: Row, readings: list[str]) -> Found:
    told = {result.why for result in row.results if result.verdict is Verdict.OBSERVED}
    broken = [each.got for result in row.results for each in result.findings]
    untold = [result.why for result in row.results if result.verdict is Verdict.NOT_TRIED]
    if untold and not broken and not told:
        return Left(f"picks.{question}", f"{untold[-1]}; {_way_out(question)}")
    if broken or len(told) != 1:
        return Left(f"picks.{question}", f"seen in two ways: {'; '.join(broken or sorted(told))}")
    (reading,) = told
    if reading not in readings:
        return Left(f"picks.{question}", f"seen: {reading}, where a profile says one of {', '.join(readings)}")
    asked = [result.exchange for result in row.results if result.exchange]
    return Line(("picks", question), reading, times(asked) if asked else "in all that came")


def _way_out(question: str) -> str:
    """What may tell a reading that is not known; it hangs on the server whether it does."""
    if question in NEVER:
        return f"no run tells it: {NEVER[question]}"
    return f"a run with {NEEDS.get(question, LARGER)} may tell it"
