"""How a target reads the open questions, as results: readings, and violations where it reads one in two ways."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from contract_tests.documents.terms import Terms
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import UNKNOWN_TASK, Probe
from contract_tests.target.credits import Credits
from contract_tests.target.exchange import Exchange
from contract_tests.target.target import Target
from contract_tests.verdicts.course import Course
from contract_tests.verdicts.other_cause import OtherCauses, worded
from contract_tests.verdicts.readings import NEITHER, answered_questions, looked, observed
from contract_tests.verdicts.results import Result, not_tried, seen, two_ways

Answers = Sequence[tuple[Probe, Exchange]]


def read(refused: Answers, accepted: Answers, courses: Sequence[Course], terms: Terms) -> Iterator[Result]:
    """What answers and courses tell. A refusal that may have another cause than what was asked tells nothing."""
    others = OtherCauses((probe.expected, exchange) for probe, exchange in [*refused, *accepted])
    telling = [each for each in refused if not others.may_be(each[1])]
    asked_for = [each for each in accepted if not others.may_be(each[1])]
    told = set[str]()
    for probe, exchange, reading in answered_questions([*telling, *asked_for]):
        told.add(probe.question)
        if reading == NEITHER:
            yield two_ways(probe.question, "answers that no reading gives", probe, exchange)
        else:
            yield seen(probe.question, reading, probe, exchange)
    for probe, exchange in [*refused, *accepted]:
        if probe.question and probe.question not in told and others.may_be(exchange):
            told.add(probe.question)
            yield not_tried(f"question.{probe.question}", worded(exchange), probe)
    posted = [each for each in refused if each[0].method == "POST"]
    for each in observed(posted, courses, terms, others):
        readings = " and ".join(each.readings)
        yield two_ways(each.question, readings) if each.contradicts else seen(each.question, readings)


def asked(plan: Plan, target: Target) -> Iterator[Result]:
    """What two more polls tell: of a task that nobody started, and of credits."""
    published = plan.published
    for each in looked(target.poll(UNKNOWN_TASK), Credits(target, published)(), published.questions, published.terms):
        if fnmatchcase(each.question, plan.only):
            yield seen(each.question, " and ".join(each.readings))
