"""The words of refusals, as texts of a profile, and codes that stand in place of the document's. Pure."""

import json
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.learn.evidence import UNREFUSED, Found, Left, Line, left_of, times
from contract_tests.probes.near_misses import AT_ONCE
from contract_tests.probes.refusals import LEFT_TO_QUESTIONS
from contract_tests.reports.rows import Row
from contract_tests.target.exchange import Exchange
from contract_tests.target.keys import MASKED

KINDS: Final = ("unauthorized", "not_found", "exists", "invalid")
"""Kinds of refusals that a request can be made for; the others are states of an account or a server."""
INVALID: Final = "invalid"
"""The kind whose words a profile may also say by the last part of a rule's id."""
PLACE: Final = re.compile(r"\{(field|limit|length|value)\}")
BRACE: Final = re.compile(r"[{}]")
ASKED_BY: Final[Mapping[str, str]] = {
    **{f"question.{question}": rule for rule, question in LEFT_TO_QUESTIONS.items()},
    "question.empty_text": "extend.style.empty",
}
"""By question, of whose readings one is a rule: the rule that its probe breaks then."""
OF_MODELS: Final = "extend.model.enum"
UNNAMED: Final = "extend.body.properties"
"""The rule whose refusal names properties that the documents do not."""
LENGTH: Final = ".length"
PARTS: Final = 3
"""Parts of the id of a rule about one field: extend.title.length."""


class Refusal(NamedTuple):
    """One refusal that was due, and the templates that give its words."""

    rule: str
    kind: str
    exchange: Exchange
    templates: tuple[str, ...]


def due(
    rows: Iterable[Row],
    published: Published,
    picks: Mapping[str, str] | None = None,
    models: Container[str] = (),
) -> Iterator[Refusal]:
    """The refusals of requests that break one rule, each once, in the order of their rules. `exchange` has a code.
    `picks` are the readings that were learned: they decide which of two rules about a field it is. A
    request for one of `models`, which the server has though no document names it, is refused for another reason."""
    kinds = {getattr(published.terms, kind): kind for kind in KINDS}
    for row in rows:
        for exchange in _exchanges(row, several=False):
            codes = next((each.probe.expected.codes for each in row.results if each.probe), frozenset[int]())
            found = [kinds[code] for code in sorted(codes, key=lambda code: code != exchange.code) if code in kinds]
            rule = holding(ASKED_BY.get(row.rule, row.rule), picks or {}, published)
            if rule == OF_MODELS and _model(exchange) in models:
                continue
            if row.rule in ASKED_BY and found[:1] != [INVALID]:
                continue  # refused for another reason than that which was asked for
            if rule.startswith("extend.") and found and exchange.code not in (None, 200):
                yield Refusal(rule, found[0], exchange, templates(rule, exchange, published))


def of_questions(rows: Iterable[Row], refusals: Iterable[Refusal], published: Published) -> Iterator[Left]:
    """The words in which requests were refused that ask a question, where these are not the words of a rule."""
    known = [each.exchange.msg for each in refusals]
    asking = {f"question.{question}" for rule in published.rules for question in rule.when} - ASKED_BY.keys()
    for row in rows:
        came = [each.msg for each in _exchanges(row, several=False) if each.code not in (None, 200)]
        told = sorted({json.dumps(msg, ensure_ascii=False) for msg in came if msg not in known})
        if row.rule in asking and told:
            yield Left(f"texts.{row.rule}", f"refused in words that no rule was seen with: {'; '.join(told)}")


def _model(exchange: Exchange) -> str:
    sent = parsed(exchange.sent)
    return str(sent.get("model")) if isinstance(sent, dict) else ""


def holding(rule: str, picks: Mapping[str, str], published: Published) -> str:
    """The rule, or where it does not hold under what was learned, the one about the same field that does."""
    for each in published.rules:
        others = {question: picks[question] for question, reading in each.when.items() if question in picks}
        if each.id == rule and others and others != each.when:
            return next((twin.id for twin in published.rules if (twin.field, twin.when) == (each.field, others)), rule)
    return rule


def held(published: Published, picks: Mapping[str, str]) -> dict[str, None]:
    """The rules that may hold under what was learned: where that says nothing, under any reading."""
    every = [
        *((each.id, each.when) for each in published.rules),
        *((each.rule, each.when) for each in published.limits),
    ]
    return {
        rule: None for rule, when in every if all(picks.get(name, reading) == reading for name, reading in when.items())
    }


def told_at_once(several: Iterable[Exchange], refusals: Iterable[Refusal], published: Published) -> Iterator[Found]:
    """Whether a request that breaks several rules is told the first alone, as one that breaks that one, or all."""
    exchanges, alone = list(several), [each.exchange.msg for each in refusals]
    ways = {each.msg in alone for each in exchanges}
    if len(ways) > 1:
        yield Left("tells", "seen in two ways: some requests that break several rules are told one, others more")
    elif not ways:
        yield Left("tells", "no request that breaks several rules was refused")
    elif (tells := "first" if ways.pop() else "all") != published.family["tells"]:
        yield Line(("tells",), tells, times(exchanges))


def several(rows: Iterable[Row]) -> list[Exchange]:
    """The refusals of requests that break several rules."""
    return [each for row in rows for each in _exchanges(row, several=True) if each.code not in (None, 200)]


def _exchanges(row: Row, *, several: bool) -> Iterable[Exchange]:
    """The exchanges of a rule, each once: of requests that break one rule, or several."""
    tried = [each for each in row.results if each.exchange and each.probe and (AT_ONCE in each.probe.says) is several]
    return {each.exchange.number: each.exchange for each in tried if each.exchange}.values()


def templates(rule: str, exchange: Exchange, published: Published) -> tuple[str, ...]:
    """`msg` of a refusal with {field} and {limit} where it names those of the rule, and {length} where that is how long
    the text was; then the same with {value} where it names what was sent. Only those that a text of a profile can be,
    which has no other braces; none for an answer without words."""
    said = exchange.msg
    if not isinstance(said, str) or not said or MASKED in said:
        return ()
    parts = rule.split(".")
    field = parts[1] if len(parts) == PARTS else ""
    sent = parsed(exchange.sent)
    body = sent if isinstance(sent, dict) else {}
    named = {"limit": _limit(rule, body, published), "length": _length(rule, body.get(field)), "field": field}
    came = {"value": json.dumps(body[field])} if field in body else {}
    ways = [named, {**came, **named}]
    if rule == UNNAMED:
        more = ", ".join(sorted({*body} - {*published.properties}))
        ways = [{"value": more, **named}]
        if more.lower() in _with_names(said, ways[0]).lower():
            return ()  # it names what was sent in a way that no text can say
    found = dict.fromkeys(_with_names(said, names) for names in ways)
    return tuple(each for each in found if not BRACE.search(PLACE.sub("", each)))


def _with_names(said: str, names: Mapping[str, str]) -> str:
    """A text with names in braces in place of what they stand for, where that is a word of its own."""
    for name, text in names.items():
        if text:
            said = re.sub(rf"(?<![\w{{]){re.escape(text)}(?![\w}}])", f"{{{name}}}", said)
    return said


def _length(rule: str, value: object) -> str:
    """How long a text was that was refused for it, as its refusal may name it; empty for another rule."""
    return f"{len(value)}" if isinstance(value, str) and rule.endswith(LENGTH) else ""


def _limit(rule: str, sent: Mapping[str, object], published: Published) -> str:
    """The limit of a rule as its refusal may name it; empty where it has none."""
    characters = [each.characters for each in published.limits if (each.rule, each.model) == (rule, sent.get("model"))]
    values = [each.value for each in published.rules if each.id == rule and isinstance(each.value, (int, float))]
    return next((json.dumps(value) for value in (*characters, *values) if not isinstance(value, bool)), "")


def codes(refusals: Iterable[Refusal], published: Published) -> Iterator[Found]:
    """Codes of kinds of refusals that are others than the profile's, with what the first of them says."""
    by_kind: dict[str, list[Refusal]] = defaultdict(list)
    for each in refusals:
        by_kind[each.kind].append(each)
    for kind, found in by_kind.items():
        came = {each.exchange.code: each for each in reversed(found)}  # the first of each
        if [*came] == [getattr(published.terms, kind)]:
            continue
        if len(came) > 1:
            yield Left(
                f"refusals.{kind}", f"seen in several ways: codes {', '.join(map(str, sorted(filter(None, came))))}"
            )
            continue
        ((code, first),) = came.items()
        yield Line(("refusals", kind), code, times(each.exchange for each in found))
        if code not in published.codes:
            yield Line(("codes", code or 0), first.exchange.msg or kind, times([first.exchange]))


def texts(
    refusals: Iterable[Refusal],
    kept: Mapping[int, object],
    published: Published,
    picks: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Found]:
    """The words of every rule whose refusals have words of one pattern; those that several rules share once, by the
    last part of their ids or by their kind. `kept` are the words by which the mock refuses the same requests already,
    by the number of the request, `picks` the readings that were learned."""
    by_rule: dict[str, list[Refusal]] = defaultdict(list)
    for each in refusals:
        by_rule[each.rule].append(each)
    found: dict[str, tuple[str, list[Refusal]]] = {}
    for rule, seen in by_rule.items():
        common = [words for words in seen[0].templates if all(words in each.templates for each in seen)]
        if all(kept.get(each.exchange.number) == each.exchange.msg for each in seen):
            continue
        if common:
            found[rule] = (common[0], seen)
        else:
            told = "; ".join(sorted({json.dumps(each.exchange.msg, ensure_ascii=False) for each in seen})[:2])
            yield Left(f"texts.{rule}", f"its words differ from request to request: {told}")
    known = {each.id for each in published.rules} | {each.rule for each in published.limits}
    kinds = {rule: seen[0].kind for rule, seen in by_rule.items()}
    for name, (words, seen) in _shared(found, kinds, known).items():
        if name in found and name not in known:
            yield Left(f"texts.{name}", f"a profile tells it under another rule; its words: {json.dumps(words)}")
        else:
            yield Line(("texts", name), words, times(each.exchange for each in seen))
    every = {**held(published, picks), **dict.fromkeys(by_rule)}
    yield from left_of("texts", [each for each in every if each not in by_rule], every, UNREFUSED)


def covering(rule: str, kind: str, names: Container[str]) -> str:
    """Under which of the names a profile has the words of a refusal; empty where under none."""
    parts = (rule, rule.rpartition(".")[2] if kind == INVALID else rule, kind)
    return next((each for each in parts if each in names), "")


def _shared(
    found: Mapping[str, tuple[str, list[Refusal]]], kinds: Mapping[str, str], known: Container[str]
) -> dict[str, tuple[str, list[Refusal]]]:
    """The words by kind where all rules of a kind share them, else by last part where those do that a profile knows,
    else by rule."""
    left, shared = dict(found), dict[str, tuple[str, list[Refusal]]]()
    parts = {
        rule: rule.rpartition(".")[2] if kind == INVALID and rule in known else rule for rule, kind in kinds.items()
    }
    for names in (kinds, parts):
        groups: dict[str, list[str]] = defaultdict(list)
        for rule in kinds:
            groups[names[rule]].append(rule)
        for name, rules in groups.items():
            words = {left[rule][0] if rule in left else None for rule in rules}
            if len(rules) > 1 and len(words) == 1 and None not in words:
                shared[name] = (left[rules[0]][0], [each for rule in rules for each in left.pop(rule)[1]])
    return {**shared, **left}
