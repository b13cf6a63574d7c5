"""How many of the requests about a rule were sent. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from contract_tests.learn.evidence import HALF_TRIED, Found, Left, left_of, left_rules
from contract_tests.reports.rows import Row
from contract_tests.verdicts.results import Verdict

OF_STATE: Final = ("code.", "question.")
"""Rules that say of a server what state it is in, or how it reads a question: none is broken."""

BETWEEN: Final = "; "
NAMED: Final = 3
"""Requests that are named which broke a rule."""
SAID: Final = re.compile(r"(\S+) \((\d+) of (\d+)\)")


def half_tried(rows: Iterable[Row]) -> Iterator[Found]:
    """The rules about which not every request was sent, with how many were: what was not sent may break them."""
    names = [
        f"{row.rule} ({tried(row)} of {len(row.results)})"
        for row in rows
        if tried(row) < len(row.results) and not row.rule.startswith(OF_STATE)
    ]
    yield from left_of("rules", names, (), HALF_TRIED)


def tried(row: Row) -> int:
    """How many were."""
    return sum(each.verdict is not Verdict.NOT_TRIED for each in row.results)


def breaking(row: Row) -> str:
    """The first requests that broke a rule, in words, as details of what no profile can say; empty where what broke it
    was of none."""
    says = dict.fromkeys(each.probe.says for each in row.results if each.broken and each.probe)
    return BETWEEN.join([each for each in says if BETWEEN not in each][:NAMED])


def broken_again(details: str, row: Row) -> bool:
    """Whether one of the requests that broke a rule, by such details, was sent again, or all about it were."""
    sent = {each.probe.says for each in row.results if each.probe and each.verdict is not Verdict.NOT_TRIED}
    return bool(sent & {*details.split(BETWEEN)}) or tried(row) == len(row.results)


def tried_then(left: Mapping[str, str]) -> dict[str, int]:
    """How many were of the rules about which not all were, by what a run left open."""
    return {each[1]: int(each[2]) for each in map(SAID.fullmatch, left_rules(left, HALF_TRIED, ())) if each}


def still_untried(left: Left, before: Mapping[str, str]) -> Iterator[Left]:
    """The rules about which neither this run sent every request nor the one before, each with the most that were."""
    now, then = ({each[1]: each for each in SAID.finditer(text)} for text in (left.what, ", ".join(before)))
    both = [max(then[rule], now[rule], key=lambda each: int(each[2])) for rule in then if rule in now]
    yield from left_of("rules", [each[0] for each in both], (), HALF_TRIED)
