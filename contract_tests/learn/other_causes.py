"""Refusals that tell nothing of the rule that was broken, since valid requests are refused likewise. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from contract_tests.learn.refusals import Refusal
from contract_tests.reports.rows import Row
from contract_tests.verdicts.other_cause import Cause, OtherCauses, cause


def telling(found: Sequence[Refusal], rows: Iterable[Row]) -> list[Refusal]:
    """The refusals without those that requests for the same model have which break different rules, and valid ones
    too. Where a server refuses everything with the same words, these tell nothing anyway, and all are kept."""
    results = (result for row in rows for result in row.results)
    others = OtherCauses((each.probe.expected, each.exchange) for each in results if each.probe and each.exchange)
    words: dict[int | None, set[object]] = defaultdict(set)
    rules: dict[Cause, set[str]] = defaultdict(set)
    for each in found:
        words[each.exchange.code].add(each.exchange.msg)
        rules[cause(each.exchange)].add(each.rule)

    def has_another(refusal: Refusal) -> bool:
        why = cause(refusal.exchange)
        return others.may_be(refusal.exchange) and len(rules[why]) > 1 and len(words[refusal.exchange.code]) > 1

    return [each for each in found if not has_another(each)]
