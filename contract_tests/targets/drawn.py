"""Drawn servers: each reads the open questions in its own way, with words, limits, prices and forms of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from contract_tests.targets import drawn_forms
from contract_tests.targets.behaviour import REFUNDED, Answer, Asked, Behaviour, conforming
from contract_tests.targets.changes import answering, is_refusal
from contract_tests.targets.edition import APIKLEY, TEXTS, Edition
from contract_tests.targets.legal import legal

READINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "error_data": {"null": "", "absent": "refusals without data"},
    "content_type": {"plain": "", "charset": "a charset in answers"},
    "unknown_audio": {"invalid": "", "not_found": "an unknown audioId is 404"},
    "unknown_task": {
        "not_found": "",
        "null_data": "an unknown task is code 200 with null",
        "invalid": "an unknown task is 422",
    },
    "empty_text": {"accepted": "", "refused": "empty texts are refused"},
    "extra_properties": {"accepted": "", "refused": "unknown properties are refused"},
    "continue_at_min": {"above_0": "", "at_least_1": "continueAt is 1 or more"},
    "string_length": {"code_points": "", "utf16": "UTF-16 units are counted", "bytes": "bytes are counted"},
    "model_mismatch": {"refused": "", "accepted": "another model is accepted"},
    "prompt_required": {"always": "", "custom_only": "no prompt with the original parameters"},
    "text_items": {"none": "", "both": "text lists both tracks, unfinished"},
    "first_items": {"one": "", "both": "first lists both tracks, the second unfinished"},
    "create_time": {"string": "", "rfc3339": "createTime as RFC 3339"},
    "source_urls": {"absent": "", "present": "source URLs"},
    "received_statuses": {"only_200": "", "any_2xx": "any 2xx is received"},
}
"""By question: the readings that a server apart from the mock can have, each with the legal variant that has it."""
PRICES: Final = (12, 12, 10, 0.4)
"""Credits that a task costs; the first is the document's."""
REFUNDS: Final[Mapping[str, Callable[[int], bool]]] = {
    "some": lambda code: code == REFUNDED,
    "all": lambda code: True,
    "none": lambda code: False,
}
"""By what a profile says: which failures give the price back; the first is the document's."""
LIMITS: Final = 0.2
"""How often a limit is not the document's."""
MODELS: Final = 0.4
"""How often a server has a model more, and one less."""
WORDS: Final[tuple[Callable[[str], str], ...]] = (str, str.upper, "Error: {}".format, lambda words: "Bad request.")
"""What refusals say, of what the plain server says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A drawn server: its behaviour, how it reads the questions, which failures it refunds, the lines that tell in what
    form it says things, and which limits it has, by model and field."""

    behaviour: Behaviour
    readings: Mapping[str, str]
    refunds: str = "some"
    forms: drawn_forms.Lines = field(default_factory=dict)

    @property
    def limits(self) -> Mapping[tuple[str, str], int]:
        """Those that are not the document's."""
        own = self.behaviour.edition
        every = ((model, field, own.limit(model, field) or 0) for model in own.models for field in TEXTS)
        return {(model, field): most for model, field, most in every if APIKLEY.limit(model, field) != most}


def drawn(seed: int) -> Hidden:
    """A server with a reading of every question and words of its own."""
    chance = Random(seed)  # noqa: S311, no secret hangs on it
    variants = {each.name: each.change for each in legal()}
    behaviour, readings = conforming(edition(seed), mirrors=chance.random() < 0.5), dict[str, str]()
    for question, known in READINGS.items():
        readings[question] = reading = chance.choice([*known])
        behaviour = variants[known[reading]](behaviour) if known[reading] else behaviour
    words = chance.choice(WORDS)
    refunds = Random(f"{seed} refunds").choice([*REFUNDS])  # noqa: S311, as above
    price = Random(f"{seed} price").choice(PRICES)  # noqa: S311, as above
    listing = ("text", "first", "complete") if readings["text_items"] == "both" else ("first", "complete")
    source_urls = listing if readings["source_urls"] == "present" else ()
    behaviour = replace(behaviour, price=price, refunds=REFUNDS[refunds])
    behaviour, forms = drawn_forms.drawn(seed, behaviour, source_urls)

    def said(answer: Answer) -> Answer:
        return answer.merged({"msg": words(str(answer.content["msg"]))})

    def has_words(asked: Asked, answer: Answer) -> bool:
        return is_refusal(asked, answer) and isinstance(answer.content, dict) and "msg" in answer.content

    return Hidden(behaviour=answering(has_words, said)(behaviour), readings=readings, refunds=refunds, forms=forms)


def edition(seed: int) -> Edition:
    """The document with limits of its own for some texts, and on some servers one model more, and one less."""
    chance = Random(f"{seed} limits")  # noqa: S311, as above
    limits = {**APIKLEY.limits}
    if chance.random() < MODELS:
        del limits[chance.choice(["V4", "V4_5", "V4_5PLUS"])]
    if chance.random() < MODELS:
        limits[chance.choice(["V3_5", "V5_5"])] = limits["V5"]
    for model, (prompt, style, title) in limits.items():
        drawn_ones = [
            chance.randrange(10, 2 * most) if chance.random() < LIMITS else most for most in (prompt, style, title)
        ]
        limits[model] = (drawn_ones[0], drawn_ones[1], drawn_ones[2])
    sources = {id: source for id, source in APIKLEY.sources.items() if source[0] in limits}
    return replace(APIKLEY, limits=limits, sources=sources)
