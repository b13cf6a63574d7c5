"""The registry of rules: every id that a probe, a verdict or a report may use, and the line that states the rule.

An id is given out once, here: by a document (`extend.title.length`, `code.402`), by a question (`question.empty_text`),
or by `openapi/judged.yaml`, which lists all others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

from contract_tests.documents import extend, models, operations
from contract_tests.documents.files import Citation, Document, load, profile_file, profiles
from contract_tests.documents.sources import Basis, Source

CALLBACK: Final = "callback-"
"""What stands before the code of a failure that a callback tells of."""

ONE_READING: Final = "a server reads the question in one way in all of a run"
OF_CODE: Final = re.compile(rf"(code\.({CALLBACK})?|failure\.)[1-9][0-9]{{2}}")
"""Rules about a code, which a profile of somebody's own may add."""
OF_OTHERS: Final[set[str]] = set()
"""The rules of profiles from elsewhere, as far as these were read: they add rules of their own."""
TAKEN: Final = "a receiver takes it"
Entry = tuple[str, Basis]


class Registry:
    """The rules of one profile. `limits` holds the ids whose line is another for each model, with that of each,
    `of_operations` the ids of operations beside extend."""

    def __init__(
        self,
        rules: Mapping[str, Basis],
        limits: Mapping[tuple[str, str], Basis],
        of_operations: frozenset[str] = frozenset(),
    ) -> None:
        self._rules = rules
        self._limits = limits
        self.of_operations = of_operations

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all rules."""
        return frozenset(self._rules)

    @property
    def of_servers(self) -> frozenset[str]:
        """The ids of those that every run judges a server by: none of a user's own receiver or another operation."""
        judged = frozenset(rule for rule, basis in self._rules.items() if basis.demand != TAKEN)
        return judged - self.of_operations

    def basis(self, rule: str, model: str = "") -> Basis:
        """What a rule rests on; of a limit, what it does for a model.

        Raises LookupError, with the nearest id, for a rule that does not exist.
        """
        if rule not in self._rules:
            raise LookupError(_unknown(rule, self._rules))
        return self._limits.get((rule, model), self._rules[rule])

    def cited(self, rule: str, model: str = "") -> Citation:
        """The line that states a rule, empty where no document does; of a limit, the line for a model. Raises
        LookupError."""
        return self.basis(rule, model).citation


@cache
def registry(profile: str) -> Registry:
    """The rules of a profile. Raises LookupError for a profile that does not exist."""
    file = profile_file(profile)
    document, callbacks = Document.read(file["document"]), Document.read(file["callback_document"])
    documented = extend.request_schema(document)["properties"]["model"]["enum"]
    offered = models.offered(documented, file.get("models", {}))
    limits = {
        (limit.rule, limit.model): Basis(Source.DOCUMENT, limit.demand, limit.citation)
        for limit in extend.limits(document, extend.limit_lines(file, document), offered, file)
    }
    rules: dict[str, Basis] = {}
    for id, basis in (
        *(
            (rule.id, Basis(Source(rule.source), rule.demand, rule.citation))
            for rule in extend.rules(document, offered, file)
        ),
        *((rule, basis) for (rule, _), basis in limits.items()),
        *_codes(document, callbacks, file),
        *_of_questions(Document.read("questions.yaml")),
        *_listed([document, callbacks, Document.read("family.yaml"), Document.read("questions.yaml")]),
        *_cases(),
        *(of_operations := dict(operations.bases(file))).items(),
    ):
        rules.setdefault(id, basis)
    if profile not in profiles():
        OF_OTHERS.update(rules)
    return Registry(rules, limits, frozenset(of_operations))


@cache
def known() -> frozenset[str]:
    """The ids of all rules of all profiles."""
    return frozenset[str]().union(*(registry(profile).ids for profile in profiles()))


@cache
def source(rule: str) -> Source:
    """Where a rule stands; every profile that has it says the same. Raises LookupError, with the nearest id, for a rule
    that no profile has."""
    check(rule)
    return next(
        (registry(name).basis(rule).source for name in profiles() if rule in registry(name).ids), Source.DOCUMENT
    )


def check(rule: str) -> None:
    """Raise LookupError, with the nearest id, for a rule that no profile has that was read. Any code may be that of
    one's own."""
    if rule not in known() and rule not in OF_OTHERS and not OF_CODE.fullmatch(rule):
        raise LookupError(_unknown(rule, known() | OF_OTHERS))


def check_pattern(pattern: str) -> None:
    """Raise LookupError for a pattern that matches no rule of any profile."""
    if not any(fnmatchcase(rule, pattern) for rule in known() | OF_OTHERS):
        raise LookupError(_unknown(pattern, known() | OF_OTHERS))


def _unknown(rule: str, ids: Iterable[str]) -> str:
    (nearest,) = get_close_matches(rule, sorted(ids), n=1, cutoff=0)
    return f"rule {rule!r} is unknown. Nearest: {nearest}. openapi/judged.yaml lists the rules that no schema states."


def _codes(document: Document, callbacks: Document, file: Mapping[str, Any]) -> Iterator[Entry]:
    """Failures of the documents and the profile, and the cases of `suno-contract receiver` about those of callbacks."""
    for code, text in extend.answer_codes(document, file).items():
        if code != 200:
            found = code in extend.answer_codes(document, {})
            quotes = (f"- **{code}**:", f"- {code}:")
            cited = _first([document], quotes) if found else Citation(extend.PROFILE, f"{code}: {text}")
            yield f"code.{code}", Basis(Source.DOCUMENT, f"what leads to code {code} gets code {code}", cited)
    for code, text in extend.callback_codes(callbacks, file).items():
        if code != 200:
            found = code in extend.callback_codes(callbacks, {})
            cited = (
                _first([callbacks], [f"- **{code}**:"], "callbacks:")
                if found
                else Citation(extend.PROFILE, f"{code}: {text}")
            )
            demand = f"the callback of what leads to code {code} has code {code}"
            yield f"code.{CALLBACK}{code}", Basis(Source.DOCUMENT, demand, cited)
            told = Source.DOCUMENT if found else Source.FAMILY
            yield f"failure.{code}", Basis(told, TAKEN, cited)


def _of_questions(document: Document) -> Iterator[Entry]:
    """The questions that probes ask, those that a run observes, and the cases of `suno-contract receiver`."""
    judged, questions = load("openapi/judged.yaml"), {entry["id"]: entry for entry in document.tree}
    for id in judged["asked"]:
        yield f"question.{id}", Basis(Source.OPEN, ONE_READING, _question(document, questions[id]))
    for id in judged["observed"]:
        yield id, Basis(Source.OPEN, ONE_READING, _question(document, questions[id]))
    for id in judged["received"]:
        for reading in questions[id]["readings"]:
            yield f"{id}.{reading}", Basis(Source.OPEN, TAKEN, _question(document, questions[id]))


def _question(document: Document, question: Mapping[str, Any]) -> Citation:
    place, _ = document.found("question:", f"- id: {question['id']}")
    return Citation(place, question["question"])


def _listed(documents: Iterable[Document]) -> Iterator[Entry]:
    """The rules that judged.yaml lists, with the first line of any document that holds the quote."""
    documents = list(documents)
    for entry in load("openapi/judged.yaml")["rules"]:
        quotes = (entry["quote"],) if "quote" in entry else ()
        citation = _first(documents, quotes, entry.get("after", "")) if quotes else Citation()
        for id, demand in entry["demands"].items():
            yield id, Basis(Source(entry["source"]), demand, citation)


def _cases() -> Iterator[Entry]:
    """The cases of `suno-contract receiver` that judged.yaml lists."""
    judged = load("openapi/judged.yaml")
    for id in judged["cases"]:
        yield id, Basis(Source.INFERRED, TAKEN)
    for id, quote in judged["of_siblings"].items():
        yield id, Basis(Source.FAMILY, TAKEN, Citation("siblings of the API", quote))


def _first(documents: Iterable[Document], quotes: Iterable[str], after: str = "") -> Citation:
    """The first line that holds one of the quotes. Raises LookupError where none does."""
    for document in documents:
        for quote in quotes:
            citation = document.found(quote, after)
            if ":" in citation.place:
                return citation
    raise LookupError(f"no document has the quote {' or '.join(quotes)!r}. Mend it in openapi/judged.yaml.")
