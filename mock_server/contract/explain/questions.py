"""What is known of an open question, and of a reading: the sources, who picks it, what it decides. Pure."""

from collections.abc import Iterator
from typing import Final

from mock_server.contract.explain import python_source
from mock_server.contract.explain.explanation import Explanation, Fact, Section
from mock_server.contract.explain.places import in_family, in_profile, in_question, in_reading, profiles, questions
from mock_server.contract.explain.rules import listed
from mock_server.contract.questions import VARY, Question

IS: Final = "="
"""Between a question and its reading, as `--set` takes them."""


def question_names() -> list[str]:
    return list(questions())


def of_question(name: str) -> Explanation:
    question = questions()[name]
    return Explanation(
        name=name,
        causes=(
            Fact(question.question, (in_question(name, "question"),)),
            *python_source.facts("read by", python_source.reading("readings", name)),
            *(Fact(f"decides about the stage {stage}", (in_family("stages", stage),)) for stage in question.stages),
        ),
        sections=(
            Section("Readings", tuple(_told(question, reading) for reading in question.readings)),
            Section("Sources", tuple(_sources(question))),
            *listed(lambda each: name in each.rule.when),
        ),
        commands=tuple(_setting(name, reading) for reading in (*question.readings, VARY)),
    )


def reading_names() -> list[str]:
    """Each with its question, and each alone."""
    pairs = [(each.id, reading) for each in questions().values() for reading in each.readings]
    return [*(f"{question}{IS}{reading}" for question, reading in pairs), *dict.fromkeys(name for _, name in pairs)]


def of_reading(name: str) -> Explanation:
    """A reading of the question before `=`, or of every question that has one of this name."""
    asked, _, reading = name.rpartition(IS)
    found = [each for each in questions().values() if reading in each.readings and asked in ("", each.id)]
    return Explanation(
        name=name,
        causes=tuple(fact for each in found for fact in (asking(each), _told(each, reading))),
        sections=listed(lambda each: any(each.rule.when.get(question.id) == reading for question in found)),
        commands=tuple(_setting(each.id, reading) for each in found),
    )


def asking(question: Question) -> Fact:
    """The question, and what each profile picks."""
    picks = ", ".join(f"{profile} {name}" for profile, name in _picked(question).items())
    return Fact(f"{question.id}  {question.question}  {picks}", (in_question(question.id, "question"),))


def _picked(question: Question) -> dict[str, str]:
    """The reading of a question that each profile picks."""
    return {each.source: each.picks[question.id] for each in profiles()}


def _told(question: Question, name: str) -> Fact:
    picking = [profile for profile, reading in _picked(question).items() if reading == name]
    picks = f"  <- {', '.join(picking)}" if picking else ""
    places = (
        in_reading(question.id, name),
        *([in_profile(picking[0], "picks", question.id)] if picking else []),
    )
    return Fact(f"{name}: {question.readings[name].says}{picks}", places)


def _sources(question: Question) -> Iterator[Fact]:
    for index, source in enumerate(question.sources):
        yield Fact(source, (in_question(question.id, "sources", index),))


def _setting(question: str, reading: str) -> str:
    return f"suno-mock serve --set {question}{IS}{reading}"
