"""Whether a server takes another model than the source track's. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.learn.evidence import Found, Left, Line, name, times
from contract_tests.probes.request import Track
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.searched import Searched

MISMATCH: Final = "model_mismatch"
PROBE: Final = f"question.{MISMATCH}"
"""What the ids of its probes begin with."""
PICK: Final = f"picks.{MISMATCH}"
ACCEPTED, REFUSED = 200, "refused"
UNKNOWN: Final = Left(PICK, "the server lacks models, and may have refused one of these for that")


def by_known_models(
    read: Iterable[Found], asked: Iterable[Asked], found: Searched, tracks: Iterable[Track], invalid: int
) -> Iterator[Found]:
    """What was read of the questions, of this one by requests for models alone that the server is known to have: those
    of its own tracks, and those that a search has shown. Where there is no such request it stays as it was read, unless
    it was asked for a model that is known to be lacking, which may have been refused for that."""
    lacking = {model for model in found.models if found.lacks(model)}
    known = ({each.model for each in tracks} | {model for model in found.models if found.takes(model)}) - lacking
    answered = [(model, each) for model, each in _answered(asked) if each.code in (ACCEPTED, invalid)]
    answers = [each for model, each in answered if model in known]
    lacked = any(model in lacking for model, _ in answered)
    for each in read:
        if name(each) != PICK:
            yield each
        elif answers:
            yield _reading(answers)
        else:
            yield UNKNOWN if lacked and isinstance(each, Line) and each.value == REFUSED else each


def _answered(asked: Iterable[Asked]) -> Iterator[tuple[str, Exchange]]:
    """The answers to the question, each with the model that was asked for."""
    for each in asked:
        body = parsed(each.exchange.sent) if each.probe.startswith(PROBE) else None
        if isinstance(body, dict):
            yield str(body.get("model")), each.exchange


def _reading(answers: Sequence[Exchange]) -> Found:
    readings = {"accepted" if each.code == ACCEPTED else REFUSED for each in answers}
    if len(readings) > 1:
        return Left(PICK, "seen in two ways: some models are accepted, others refused")
    return Line(("picks", MISMATCH), readings.pop(), times(answers))
