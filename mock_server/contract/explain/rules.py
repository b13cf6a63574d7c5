"""What is known of a rule, and the lists of rules: of a code, a field, a model, a reading. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from mock_server.contract.body_validator import Rule
from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.explain import python_source
from mock_server.contract.explain.explanation import Explanation, Fact, Quote, Section, merged
from mock_server.contract.explain.places import (
    in_profile,
    in_question,
    in_reading,
    line_at,
    of_document,
    place,
    profile_of,
    questions,
    sources,
)
from mock_server.contract.operations import EXTEND, POLL, operations
from mock_server.contract.profile_files import profile_file

BREAKS: Final = {
    "personaId.custom": "--set defaultParamFlag=false",
    "required": "--without {field}",
    "custom": "--without {field}",
    "type": "--set {field}:=null",
    "enum": "--set {field}=unknown",
    "minimum": "--set {field}=-1",
    "maximum": "--set {field}=2",
    "multipleOf": "--set {field}=0.655",
    "format": "--set {field}=nowhere",
    "start": "--set {field}=0",
}
"""How an extend request is made to break a rule, by the last parts of the rule's id."""
INVALID: Final = 422
STATE_CODES: Final = {"known": 404, "once": 409}
"""Codes of rules that are not answered with INVALID, by the last part of the rule's id."""
RULES: Final = OPENAPI / "rules"
UNIT: Final = "{unit}"
"""What the text of a limit of characters has for what they are counted in."""
OF_POLLS: Final = f"{python_source.ANY}.taskId"
"""The rule of a request that polls."""
COUNTED: Final = "string_length"
"""The question that decides what is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A rule as a profile has it, and the `file:line` that makes it."""

    rule: Rule
    profile: str
    made: str

    @property
    def said(self) -> str:
        """Where the document says so."""
        return of_document(self.rule.place)

    @property
    def allowed(self) -> str:
        when = "".join(f", under the reading {question}={reading}" for question, reading in self.rule.when.items())
        return self.rule.allowed.format(unit="characters") + when

    @property
    def limits(self) -> bool:
        """Whether it is a limit of characters."""
        return UNIT in self.rule.allowed


def known() -> tuple[Known, ...]:
    """Every rule of every profile."""
    return tuple(each for source in sources() for each in _known(source))


@cache
def _known(source: str) -> tuple[Known, ...]:
    rules = profile_of(source).every_rule()
    return tuple(Known(rule=rule, profile=source, made=_made(rule, source)) for rule in rules)


def rule_names() -> list[str]:
    return list(dict.fromkeys([*(each.rule.id for each in known()), *_own()]))


def code_of(rule: str) -> int:
    """The code that answers a request which breaks a rule."""
    return STATE_CODES.get(rule.rpartition(".")[2], INVALID)


def of_rule(name: str) -> Explanation:
    """A rule of the documents, or one that the mock has without them, such as that a body is JSON."""
    found = [each for each in known() if each.rule.id == name]
    quotes = [
        Quote(profile=each.profile, about="rule", text=line_at(each.rule.place), place=each.said) for each in found
    ]
    causes = [Fact(f"{code_of(name)}: {each.rule.field}; allowed: {each.allowed}", (each.made,)) for each in found]
    enforced = python_source.enforcing(name) if not found or found[0].rule.schema is None else []
    if not found:
        causes = [Fact(f"{code_of(name)}: a rule of the mock's own, which no document has")]
    return Explanation(
        name=name,
        quotes=tuple(dict.fromkeys(quotes)),
        causes=merged([*causes, *python_source.facts("enforced by", enforced)]),
        sections=(Section("Questions", merged(_deciding(found))),),
        commands=_breaking(found[0].rule) if found else (),
    )


def named(wanted: Callable[[str], bool]) -> tuple[Section, ...]:
    """The rules whose ids are wanted, each with what it allows and the first line of every file that has it."""
    allowed: dict[str, dict[str, None]] = {}
    for each in known():
        allowed.setdefault(each.rule.id, {})[each.allowed] = None
    told = [Fact(_summed_up(each.rule.id, [*allowed[each.rule.id]]), (each.said,)) for each in known()]
    told += [Fact(rule, (each.place,)) for rule in _own() for each in python_source.enforcing(rule)]
    return _by_operation(
        [Fact(each.text, _first(each.places)) for each in merged(told) if wanted(each.text.split()[0])]
    )


def _summed_up(rule: str, allowed: Sequence[str]) -> str:
    """A rule with what it allows first, and how often it allows something else."""
    others = f"; {len(allowed) - 1} more, by model, profile or reading" if len(allowed) > 1 else ""
    return f"{rule}  {allowed[0]}{others}"


def listed(wanted: Callable[[Known], bool]) -> tuple[Section, ...]:
    """The rules that are wanted, with what they allow, on which profiles, where the document says so, and what makes
    them hold."""
    profiles: dict[Fact, list[str]] = {}
    for each in filter(wanted, known()):
        fact = Fact(f"{each.rule.id}  {each.allowed}", tuple(dict.fromkeys((each.said, each.made))))
        profiles.setdefault(fact, []).append(each.profile)
    return _by_operation([Fact(f"{fact.text}  <- {', '.join(who)}", fact.places) for fact, who in profiles.items()])


def _by_operation(facts: Sequence[Fact]) -> tuple[Section, ...]:
    """A section for every operation; each fact begins with a rule's id."""

    def operation(fact: Fact) -> str:
        return fact.text.partition(".")[0]

    order = list(dict.fromkeys(map(operation, facts)))
    together = sorted(facts, key=lambda fact: order.index(operation(fact)))
    return tuple(Section(f"Rules of {name}", tuple(each)) for name, each in groupby(together, operation))


def _first(places: Iterable[str]) -> tuple[str, ...]:
    """The first place in each file."""
    first: dict[str, str] = {}
    for each in places:
        first.setdefault(each.rpartition(":")[0], each)
    return tuple(first.values())


def _deciding(found: Iterable[Known]) -> Iterator[Fact]:
    """The readings under which the rules hold, and the question that says what their characters are."""
    for each in found:
        for question, reading in each.rule.when.items():
            says = questions()[question].readings[reading].says
            yield Fact(f"{question}={reading}  {says}", (in_reading(question, reading),))
        if each.limits:
            yield Fact(f"{COUNTED}  {questions()[COUNTED].question}", (in_question(COUNTED),))


def _breaking(rule: Rule) -> tuple[str, ...]:
    operation, field, last = rule.id.split(".")
    breaks = BREAKS.get(f"{field}.{last}", BREAKS.get(last)) if operation == EXTEND and field != "body" else None
    return (f"suno-mock extend {breaks.format(field=field)}",) if breaks else ()


def _own() -> tuple[str, ...]:
    """The rules that no document has, with which the mock refuses what is no body at all."""
    documented = {each.rule.id for each in known()}
    posts = [each.name for each in operations().values() if each.method == "POST"]
    polls = [each.name for each in operations().values() if each.kind == POLL]
    spelt = (
        [said.replace(python_source.ANY, name) for name in (polls if said == OF_POLLS else posts)]
        for said in python_source.own_rules()
    )
    return tuple(dict.fromkeys(name for names in spelt if not documented & {*names} for name in names))


def _made(rule: Rule, profile: str) -> str:
    """The line of the profile's limits or of openapi/rules/ that makes a rule; else the document's own."""
    operation = rule.id.partition(".")[0]
    for index, line in enumerate(_limits(profile).get(operation, ())):
        if rule.model in line["models"] and rule.field in line["characters"] and rule.when == line.get("when", {}):
            return in_profile(profile, "limits", operation, index, "characters", rule.field)
    for index, entry in enumerate(_entries(operation)):
        if entry["id"] == rule.id and entry.get("when", {}) == rule.when:
            return place(_rules_file(operation), "rules", index)
    return of_document(rule.place)


@cache
def _limits(profile: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    limits: Mapping[str, Sequence[Mapping[str, Any]]] = profile_file(profile).get("limits", {})
    return limits


def _entries(operation: str) -> Sequence[Mapping[str, Any]]:
    entries: Sequence[Mapping[str, Any]] = Document.read(_rules_file(operation)).at("rules")
    return entries


def _rules_file(operation: str) -> Path:
    """The file of an operation's rules: its own, or else one that has nothing but rules."""
    file = operations()[operation].file
    return Path(file) if file else RULES / f"{operation}.yaml"
