"""What the questions cost that stay open, in tasks of a run that asks them. Pure."""

from collections.abc import Iterator, Sequence

from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Left
from contract_tests.learn.readings import NEEDS, NEVER
from contract_tests.probes.all import Probes
from contract_tests.probes.request import Track
from contract_tests.verdicts.of_refusals import OF_REFUSALS
from contract_tests.verdicts.readings import OF_COURSES, OF_FAILURES

PICKS = "picks."


def prices(left: Sequence[Left], published: Published) -> Iterator[str]:
    """A line for each question that is left, the cheapest first, and one for all of them with the sum."""
    every = [each.what.removeprefix(PICKS) for each in left if each.what.startswith(PICKS)]
    questions = [question for question in every if question not in NEVER]
    costs = {question: tasks(question, published) for question in questions}
    for question in sorted(costs, key=lambda question: (question in NEEDS, costs[question])):
        needs = f", with {NEEDS[question]}" if question in NEEDS else ""
        cost = counted(costs[question], "task")
        yield f"left open: {question}, {cost} of `suno-contract calibrate --base-url`{needs}"
    yield from (
        f"left open: {question}, which no run tells: {NEVER[question]}" for question in every if question in NEVER
    )
    if every:
        cost = counted(sum(costs.values()), "task")
        yield f"left open in all: {counted(len(every), 'question')}, {cost} at most: one task may tell several"


def tasks(question: str, published: Published) -> int:
    """How many tasks a run starts at most that asks one question: none where refusals tell, one where any task does."""
    tracks = tuple(Track(id=model, model=model, duration=100.0) for model in published.models)
    asking = [probe.cost for probe in Probes(published, tracks) if probe.question == question]
    return sum(asking) if asking else int(question not in OF_REFUSALS and question in (*OF_COURSES, *OF_FAILURES))
