"""In which order a server tells broken rules, from requests that break several. Pure."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.learn.evidence import UNTOLD, Found, Left, Line, left_of, left_rules, times
from contract_tests.learn.readings import ASKING
from contract_tests.learn.refusals import ASKED_BY, PARTS, held, holding
from contract_tests.probes.told_first import BETWEEN, ORDER, WHOLE
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange

KEY: Final = "order"
OF_STATE: Final = ("extend.audioId.known", "extend.model.source", "extend.continueAt.end", "extend.personaId.known")
"""Rules that need more than a body: which of them is told is decided by the order of checks, not of rules."""

OF_SCHEMA: Final = ("required", "type", "enum", "minimum", "maximum", "multipleOf", "format")
"""Keywords of rules that stand before limits."""

Told = tuple[str, Sequence[str], Exchange]
"""The rule that was told, the others that the request broke, and the answer."""


def at_once(asked: Iterable[Asked]) -> list[Exchange]:
    """The answers to requests that break several rules."""
    return [each.exchange for each in asked if each.probe.startswith(ORDER) and each.exchange.code not in (None, 200)]


def order(
    asked: Iterable[Asked],
    published: Published,
    picks: Mapping[str, str] = MappingProxyType({}),
    unplaced: Container[str] = (),
) -> Iterator[Found]:
    """The rules that come before others against the order of the profile, and all that stand before these. `picks` are
    the readings that were learned; what was told of rules that are `unplaced` is left out."""
    told = [
        (first, [each for each in others if each not in unplaced], exchange)
        for first, others, exchange in _told([*asked], picks, published)
        if first not in unplaced
    ]
    before: dict[str, set[str]] = defaultdict(set)
    for first, others, _ in told:
        for other in others:
            before[other].add(first)
    named = {*before, *(first for first, _, _ in told)}
    documented = [each for each in _documented(published) if each in named]
    documented += sorted(named - {*documented})
    found = _sorted(documented, before)
    bodies = [each for each in _documented(published) if each not in OF_STATE]
    late = [each for each in bodies if before[each] & {*OF_STATE}]
    if len(found) < len(documented):
        yield Left(KEY, "seen in two ways: of some rules each is told before the other")
    elif moved := _moved([each for each in found if each in bodies], documented):
        yield Line((KEY,), moved, times(exchange for _, _, exchange in told))
    if late:
        yield Left(f"{KEY} of {', '.join(late)}", "told behind rules about the track, which no profile can say")
    every = [each for each in bodies if _is_of_a_field(each) and each in held(published, picks)]
    yield from left_of(KEY, [each for each in every if each not in named], every, UNTOLD)


def places_unknown(left: Mapping[str, str], published: Published) -> set[str]:
    """The rules whose places were not told, by what a run left open, with the reasons."""
    return left_rules(left, UNTOLD, _documented(published))


def _is_of_a_field(rule: str) -> bool:
    """Whether a rule is about one field, so that a request can break it beside others."""
    return not rule.startswith(WHOLE) and len(rule.split(".")) == PARTS


def _told(asked: Sequence[Asked], picks: Mapping[str, str], published: Published) -> Iterator[Told]:
    """What requests that break several rules were told, by the words of requests that break one. A question that is
    about no rule of its own is refused for one that may be another in each run."""
    alone: dict[str, set[str]] = defaultdict(set)
    for each in asked:
        if isinstance(each.exchange.msg, str):
            alone[each.probe.partition(": ")[0]].add(each.exchange.msg)

    def rule(name: str) -> str:
        return holding(ASKED_BY.get(name, name), picks, published)

    for exchange, probe in ((each.exchange, each.probe) for each in asked if each.probe.startswith(ORDER)):
        if exchange.code in (None, 200) or not isinstance(exchange.msg, str):
            continue
        names = probe.removeprefix(ORDER).split(BETWEEN)
        first = [name for name in names if exchange.msg in alone[name]]
        others = [rule(name) for name in names if name not in first]
        if len(first) == 1 and not (told := rule(first[0])).startswith(ASKING):
            yield told, [each for each in others if not each.startswith(ASKING)], exchange


def _documented(published: Published) -> list[str]:
    """The rules in the order of the profile, and behind these as the documents have them: those of the schema, of
    limits, and of the prose."""
    limits = [each.rule for each in published.limits]
    schema = [each.id for each in published.rules if each.keyword in OF_SCHEMA]
    every = [*(published.family.get(KEY) or ()), *schema, *limits, *(each.id for each in published.rules)]
    return [*dict.fromkeys(each for each in every if each not in OF_STATE), *OF_STATE]


def _sorted(known: Sequence[str], before: Mapping[str, set[str]]) -> list[str]:
    """The rules so that each stands behind those that are told before it, as documented as far as that leaves open."""
    left, found = [*known], list[str]()
    while first := next((each for each in left if not before.get(each, set()) & {*left}), None):
        found.append(first)
        left.remove(first)
    return found


def _moved(found: Sequence[str], documented: Sequence[str]) -> list[str]:
    """The fewest rules at the begin, behind which all others stand as documented."""
    places = {rule: place for place, rule in enumerate(documented)}
    for number in range(len(found)):
        rest = [places[each] for each in found[number:]]
        if rest == sorted(rest):
            return [*found[:number]]
    return []
