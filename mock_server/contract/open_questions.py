"""Which refusals rest on an open question, and what they say of it: the reading, why it is open, and how it is changed.
Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from mock_server.contract.editions import Edition
from mock_server.contract.newer_models import RULE_ENDS, way_out
from mock_server.core.errors import Violation


def violations(edition: Edition, operation: str, body: Any) -> list[Violation]:
    """Every rule of an operation that a body breaks, those first that the profile puts in an `order`. One that another
    reading would not break says so."""
    places = {rule: place for place, rule in enumerate(edition.family.order)}
    found = edition.contract(operation).violations(body)
    found.sort(key=lambda each: places.get(each.rule, len(places)))
    for each in found:
        if each.rule.endswith(RULE_ENDS):
            each.note = way_out(edition.profile, body.get("model"))
        else:
            each.note = _told(edition, _ways_out(edition, operation, body, each, found)) if each.questions else ""
    return found


def resting_on(edition: Edition, question: str) -> str:
    """What a refusal says that every other reading of a question would not answer so."""
    return _told(edition, [{question: reading} for reading in _others(edition, question)])


def _ways_out(
    edition: Edition, operation: str, body: Any, broken: Violation, found: Sequence[Violation]
) -> list[Mapping[str, str]]:
    """The fewest questions to answer otherwise, so that the field breaks neither this rule nor another in its place."""
    anyway = {each.rule for each in found} - {broken.rule}
    for count in range(1, len(broken.questions) + 1):
        ways = [
            others
            for questions in combinations(broken.questions, count)
            for others in _answered_otherwise(edition, questions)
            if _rules(edition.reread(others), operation, body, broken.field) <= anyway
        ]
        if ways:
            return ways
    return []


def _answered_otherwise(edition: Edition, questions: Sequence[str]) -> Iterator[Mapping[str, str]]:
    for readings in product(*(_others(edition, question) for question in questions)):
        yield dict(zip(questions, readings, strict=True))


def _others(edition: Edition, question: str) -> list[str]:
    return [reading for reading in edition.questions[question].readings if reading != edition.names[question]]


def _rules(edition: Edition, operation: str, body: Any, field: str) -> set[str]:
    """The rules of a field that a body breaks."""
    return {each.rule for each in edition.contract(operation).violations(body) if each.field == field}


def _told(edition: Edition, ways: Sequence[Mapping[str, str]]) -> str:
    """`read as prompt_required=always, the documents disagree: --set prompt_required=custom_only (...)`."""
    if not ways:
        return ""
    asked = dict.fromkeys(question for way in ways for question in way)
    read = " and ".join(f"{question}={edition.names[question]}" for question in asked)
    why = ", ".join(dict.fromkeys(edition.questions[question].why for question in asked))
    return f"read as {read}, {why}: {' or '.join(_set(edition, way) for way in ways)}"


def _set(edition: Edition, way: Mapping[str, str]) -> str:
    says = ", ".join(edition.questions[question].readings[reading].says for question, reading in way.items())
    return f"{' '.join(f'--set {question}={reading}' for question, reading in way.items())} ({says})"
