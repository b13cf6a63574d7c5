"""Requests that look for limits and models which the documents do not have, and cost nothing: each is about a track of
nobody, so no task can come of it, and what a server refuses before it looks for the track shows. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.probes.refusals import ELSEWHERE
from contract_tests.probes.request import UNKNOWN_AUDIO, Probe, Requests, named, probe

SEARCH: Final = "search: "
"""What the id of each begins with."""
KNOWN: Final = "extend.audioId.known"
UNLISTED: Final = "unlisted"
"""A model that no server has."""
LONGEST: Final = 65_536
"""Characters of a text at most."""


class Text(NamedTuple):
    """A text of some length, in a field, for a model."""

    model: str
    field: str
    length: int
    character: str = "x"


class Searches(Requests):
    """Makes the requests of a search."""

    def nobody(self, number: int) -> Probe:
        """The request that has no other fault, several times."""
        return self._search(KNOWN, f"a track of nobody, number {number}", {})

    def model(self, name: str) -> Probe:
        """A request for a model."""
        return self._search("extend.model.enum", f"model is {name}", {"model": name})

    def text(self, text: Text) -> Probe:
        """A request with a text."""
        says = f"{text.field} has {text.length} characters, {named(text.character)}, for {text.model}"
        value = text.character * text.length
        return self._search(f"extend.{text.field}.length", says, {"model": text.model, text.field: value})

    def _search(self, rule: str, says: str, changes: dict[str, Any]) -> Probe:
        shortest = dict.fromkeys((limit.field for limit in self.published.limits), "x")
        body = self.request({"audioId": UNKNOWN_AUDIO, **shortest, **changes})  # breaks KNOWN, whatever else it does
        return replace(probe(KNOWN, says, body, self.missing, harmless=True), id=f"{SEARCH}{rule}: {says}")


def candidates(published: Published) -> Iterator[str]:
    """Models that a server may have: those of the profile, of our other profiles, and of servers that we know of."""
    others = (model for name in profiles() for model in Published.read(name).models)
    yield from dict.fromkeys((*published.models, *others, *ELSEWHERE["model"]))


def documented(published: Published, model: str, field: str) -> list[int]:
    """The limits of a text that the documents have, the least first."""
    return sorted({each.characters for each in published.limits if (each.model, each.field) == (model, field)})
