"""Searches for limits and models that the documents do not have, with requests that start no task."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import ASTRAL, MULTIBYTE, Probe
from contract_tests.probes.search import LONGEST, UNLISTED, Searches, Text, candidates, documented
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.searched import Searched

NUMBER: Final = re.compile(r"\d{1,5}")
STEPS: Final = 40
"""Lengths that are tried of one text at most."""


def search(plan: Plan, ask: Callable[[Probe], Exchange | None]) -> None:
    """Asks until the limits of all models are known, as far as they show. `ask` sends a probe; it returns None where
    that is not sent, and nothing more is asked then. What was answered is in the journal."""
    found = Searched()
    for probe in _due(plan, found):
        exchange = ask(probe)
        if exchange is None or exchange.tasks:
            return
        found.add(probe.id, exchange)


def _due(plan: Plan, found: Searched) -> Iterator[Probe]:
    """What is sent, each once it is known what was answered to those before it."""
    published, probes = plan.published, Searches(plan.published, plan.tracks)
    yield from (probes.nobody(1), probes.nobody(2), probes.model(UNLISTED))
    yield from map(probes.model, candidates(published))
    models = [model for model in found.models if found.takes(model)] or published.models
    for field in dict.fromkeys(limit.field for limit in published.limits):
        yield probes.text(Text(models[0], field, LONGEST))
        if found.ends(models[0], field)[1] is None:
            continue  # it has no limit, or none that shows
        for model in models:
            yield from (probes.text(Text(model, field, length)) for length in _lengths(found, model, field, published))
    yield from map(probes.text, _counted(found))


def _lengths(found: Searched, model: str, field: str, published: Published) -> Iterator[int]:
    """The lengths that are tried of a text: the documented limits and those of other models, numbers that a refusal
    names, each with the next one, and then the middle of what is left, until the limit is known."""
    named = documented(published, model, field) or documented(published, published.models[-1], field)
    for _ in range(STEPS):
        least, most = found.ends(model, field)
        if most is not None and most <= least + 1:
            return
        yield _next(least, most, named)
        least, most = found.ends(model, field)
        refused = found.of_text(model, field, most)
        named += map(int, NUMBER.findall(f"{refused.msg}")) if refused is not None else ()


def _next(least: int, most: int | None, named: Sequence[int]) -> int:
    """The length that is tried next, where `least` fits and `most` does not."""
    told = [each for each in named if least <= each < (most or LONGEST)]
    if told:
        return told[0] + (told[0] == least)
    return min(2 * least + 1, LONGEST) if most is None else (least + most) // 2


def _counted(found: Searched) -> Iterable[Text]:
    """Texts that show what is counted: as many characters as fit, of which each is several units."""
    for model, field in reversed(found.texts):
        least, most = found.ends(model, field)
        if least > 1 and most == least + 1:
            return [Text(model, field, least, character) for character in (ASTRAL, MULTIBYTE)]
    return []
