"""The cases that a user's own receiver has to take, as data. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.probes.request import STAGES
from contract_tests.your_receiver.bodies import SIBLING_CODES, Callback

Lane = tuple[Callback, ...]
BURST: Final = 50
"""Tasks that call back at the same time."""
QUESTIONS: Final = ("text_items", "first_items", "create_time", "source_urls")
"""Questions about the callbacks of a task that goes well."""
FAILURE_QUESTIONS: Final = ("failure_type", "failure_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that a receiver has to take. Lanes are sent side by side, the callbacks of a lane one after another.
    Its `id` is in the registry of rules, with the line of the documents that allows it."""

    id: str
    says: str
    lanes: tuple[Lane, ...]


def lane(*events: str | int, task: str = "a", form: str = "plain", **readings: str) -> Lane:
    """Callbacks of one task in this order."""
    return tuple(Callback(event=event, task=task, form=form, readings=readings) for event in events)


THREE: Final = lane(*STAGES)
OTHER: Final = lane(*STAGES, task="b")
COMPLETE: Final = lane("complete")
INTERLEAVED: Final = tuple(callback for pair in zip(THREE, OTHER, strict=True) for callback in pair)
TABLE: Final[tuple[tuple[str, str, tuple[Lane, ...]], ...]] = (
    ("stages.in_order", "text, first, complete", (THREE,)),
    ("stages.skip_text", "first, complete: text may be skipped", (lane("first", "complete"),)),
    ("stages.skip_first", "text, complete: first may be skipped", (lane("text", "complete"),)),
    ("stages.only_complete", "complete alone", (COMPLETE,)),
    ("stages.out_of_order", "complete, first, text", (lane("complete", "first", "text"),)),
    ("stages.text_last", "first, complete, text: text was retried", (lane("first", "complete", "text"),)),
    ("stages.late", "text and first after complete and after another task", (COMPLETE + OTHER + THREE[:2],)),
    ("stages.together", "text, first and complete at the same time", tuple((each,) for each in THREE)),
    ("stages.interleaved", "two tasks, stage by stage", (INTERLEAVED,)),
    ("duplicate.text", "text twice", (lane("text", "text"),)),
    ("duplicate.first", "first twice", (lane("first", "first"),)),
    ("duplicate.complete", "complete twice", (COMPLETE * 2,)),
    ("duplicate.failure", "a failure twice", (lane(500, 500),)),
    ("duplicate.all", "text, first, complete, and all again", (THREE * 2,)),
    ("duplicate.retried", "complete four times: three retries", (COMPLETE * 4,)),
    ("duplicate.late", "complete, another task, complete again", (COMPLETE + OTHER + COMPLETE,)),
    ("duplicate.together", "complete twice at the same time", (COMPLETE, COMPLETE)),
    ("failure.at_once", "a failure before any stage", (lane(500),)),
    ("failure.after_first", "text, first, and then a failure", (lane("text", "first", 500),)),
    ("form.unknown_fields", "fields that no document names", (lane(*STAGES, form="unknown"),)),
    ("form.sorted", "members in alphabetical order", (lane(*STAGES, form="sorted"),)),
    ("form.charset", "Content-Type application/json;charset=utf-8", (lane(*STAGES, form="charset"),)),
    ("form.multibyte", "texts in UTF-8", (lane(*STAGES, form="multibyte"),)),
    ("form.escaped", "the same texts, escaped in JSON", (lane(*STAGES, form="escaped"),)),
    ("form.long", "a prompt of 5000 characters, three bytes each", (lane(*STAGES, form="long"),)),
    ("form.whole_seconds", "a duration without decimals", (lane(*STAGES, form="whole"),)),
)
"""Id, what it is, and its lanes: cases that do not follow from a document's data."""


def cases(published: Published) -> Iterator[Case]:
    """All cases of a profile, the burst last."""
    for id, says, lanes in TABLE:
        yield Case(id=id, says=says, lanes=lanes)
    yield from _failures(published)
    for questions, events in ((QUESTIONS, STAGES), (FAILURE_QUESTIONS, ("text", 500))):
        for question in questions:
            yield from _readings(published, question, events)
    burst = tuple(lane(*STAGES, task=f"{number}") for number in range(BURST))
    yield Case(id="burst", says=f"{BURST} tasks at the same time, each text, first, complete", lanes=burst)


def _failures(published: Published) -> Iterator[Case]:
    for code in sorted({*SIBLING_CODES, *published.callback_codes} - {200}):
        says = f"text, and then a failure with code {code}"
        yield Case(id=f"failure.{code}", says=says, lanes=(lane("text", code),))


def _readings(published: Published, question: str, events: tuple[str | int, ...]) -> Iterator[Case]:
    """One case for each reading of an open question."""
    asked = published.questions[question]
    for reading, described in asked["readings"].items():
        yield Case(
            id=f"{question}.{reading}",
            says=f"{asked['question']} {described['says']}",
            lanes=(lane(*events, **{question: reading}),),
        )
