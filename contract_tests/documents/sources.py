"""Where a rule stands, and what that makes of a server that breaks it. Pure."""

from enum import StrEnum
from typing import NamedTuple

from contract_tests.documents.files import Citation


class Source(StrEnum):
    """Where a demand comes from: `openapi/judged.yaml` says what each means. OPEN is a question of
    `openapi/questions.yaml`: any reading is legal, and two at once are not."""

    DOCUMENT = "document"
    SENSE = "sense"
    FAMILY = "family"
    INFERRED = "inferred"
    OPEN = "open"

    @property
    def binds(self) -> bool:
        """Whether a server that breaks the rule does not conform."""
        return self not in (Source.FAMILY, Source.INFERRED)


class Basis(NamedTuple):
    """What a rule rests on: its source, what it demands in words, and the line that says so."""

    source: Source
    demand: str
    citation: Citation = Citation()


NOWHERE = Basis(Source.INFERRED, "")
