"""The results of a run by rule, as lines of text, and a request as a curl. Pure. Keys are masked before."""

import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from contract_tests.documents.counted import counted
from contract_tests.target.exchange import Exchange
from contract_tests.target.keys import MASKED, OWN_VARIABLE
from contract_tests.verdicts.results import Result, Verdict

WORST: tuple[Verdict, ...] = (
    Verdict.VIOLATED,
    Verdict.DEVIATED,
    Verdict.PASSED,
    Verdict.OBSERVED,
    Verdict.NOT_TRIED,
)
"""A rule with several results has the first of these that is among them."""
MARKS: Final = {
    Verdict.PASSED: "ok ",
    Verdict.VIOLATED: "NO ",
    Verdict.DEVIATED: "~  ",
    Verdict.OBSERVED: "?  ",
    Verdict.NOT_TRIED: "-  ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """All results of one rule. `more` are those that are not kept, by verdict: of a long recording."""

    rule: str
    verdict: Verdict
    results: tuple[Result, ...]
    more: Mapping[Verdict, int] = field(default_factory=dict)

    def count(self, *verdicts: Verdict) -> int:
        """How many results have one of these verdicts, or any, where none is given."""
        wanted = verdicts or WORST
        kept = sum(each.verdict in wanted for each in self.results)
        return kept + sum(number for verdict, number in self.more.items() if verdict in wanted)

    @property
    def broken(self) -> int:
        """How many results do not keep the rule."""
        return self.count(Verdict.VIOLATED, Verdict.DEVIATED)

    @property
    def line(self) -> str:
        """The rule on one line of the summary."""
        first = next((each for each in self.results if each.verdict is self.verdict), self.results[0])
        match self.verdict:
            case Verdict.VIOLATED:
                detail = _violation(first)
            case Verdict.DEVIATED:
                detail = f"{first.basis.source}: {_violation(first)}"
            case Verdict.PASSED:
                left = self.count(Verdict.NOT_TRIED)
                detail = f"{self.count() - left} tried" + (f", {left} not tried" if left else "")
            case Verdict.OBSERVED:
                detail = f"reads {first.why}"
            case Verdict.NOT_TRIED:
                detail = first.why
        return printable(f"{MARKS[self.verdict]} {self.rule:34} {detail}".replace("\n", " "))


def rows(results: Iterable[Result]) -> list[Row]:
    """The results by rule, in the order in which the rules came up."""
    by_rule: dict[str, list[Result]] = {}
    for result in results:
        by_rule.setdefault(result.rule, []).append(result)
    return [
        Row(rule=rule, verdict=min((each.verdict for each in found), key=WORST.index), results=tuple(found))
        for rule, found in by_rule.items()
    ]


def summary(found: Sequence[Row], spent: int) -> str:
    """The last line of a run: how many rules have which verdict, and how many tasks were started."""
    counts = {verdict: sum(row.verdict is verdict for row in found) for verdict in WORST}
    return (
        f"{counted(counts[Verdict.VIOLATED], 'rule')} violated, {counts[Verdict.DEVIATED]} deviated from, "
        f"{counts[Verdict.PASSED]} passed, "
        f"{counted(counts[Verdict.OBSERVED], 'question')} observed, {counts[Verdict.NOT_TRIED]} not tried; "
        f"{counted(spent, 'task')} started at most"
    )


def provoked(found: Sequence[Row], codes: Collection[int], callback_codes: Collection[int]) -> str:
    """The line before the last: how many documented codes came, and how many of them in an answer, or with callbacks,
    that break no rule."""
    came = Came()
    for result in (each for row in found for each in row.results):
        came.add(result, id(result.exchange))
    return came.told(codes, callback_codes)


class Came:
    """The codes that came with results, one after the other."""

    def __init__(self) -> None:
        self._with: dict[bool, dict[int, set[int]]] = {False: {}, True: {}}
        self._wrong: set[int] = set()

    def add(self, result: Result, exchange: int) -> None:
        """Notes what came. Results of the same `exchange` are of one answer."""
        if result.exchange is None:
            return
        if result.verdict is Verdict.VIOLATED:
            self._wrong.add(exchange)
        for called_back, code in ((False, _answered(result)), (True, _called_back(result))):
            if code is not None:
                self._with[called_back].setdefault(code, set()).add(exchange)

    def told(self, codes: Collection[int], callback_codes: Collection[int]) -> str:
        answers, callbacks = self._counted(codes, False), self._counted(callback_codes, True)
        return f"codes of answers: {answers}; of callbacks: {callbacks}"

    def _counted(self, documented: Collection[int], called_back: bool) -> str:
        came = {code: exchanges for code, exchanges in self._with[called_back].items() if code in {*documented}}
        well = sum(bool(exchanges - self._wrong) for exchanges in came.values())
        return f"{len(documented)} documented, {len(came)} provoked, {well} conforming"


def _answered(result: Result) -> int | None:
    return result.exchange.code if result.exchange else None


def _called_back(result: Result) -> int | None:
    """The code that the last callback must carry; None where no callback must come."""
    if _answered(result) != 200 or result.probe is None or not result.probe.expected.accepted:
        return None
    return result.probe.fails or 200


def costs(result: Result) -> bool:
    """Whether the request of a result may start a task when it is sent again."""
    accepted = result.probe is not None and result.probe.expected.accepted
    sent = result.exchange
    if sent is None or sent.method != "POST" or "Authorization" not in sent.headers:
        return False
    return accepted or bool(sent.tasks)


def curl(exchange: Exchange) -> str:
    """The request for a shell, with the key from the environment variable that it was read from."""
    parts = ["curl", "-sS", "-X", exchange.method, _word(exchange.url)]
    variable = exchange.key_env or OWN_VARIABLE
    for name, value in exchange.headers.items():
        header = f"{name}: {value}"
        parts += ["-H", f'"{header.replace(MASKED, f"${variable}")}"' if MASKED in value else _word(header)]
    if not exchange.sent:
        return " ".join(parts)
    text = exchange.sent.decode(errors="ignore")
    if text.encode() == exchange.sent and text.replace("\n", "").isprintable():
        return " ".join([*parts, "--data-raw", _word(text)])
    octal = "".join(f"\\{byte:03o}" for byte in exchange.sent)
    return " ".join(["printf", shlex.quote(octal), "|", *parts, "--data-binary", "@-"])


def _word(text: str) -> str:
    """A text as one word of a shell, without what a terminal obeys; zsh takes one that begins with = for a command."""
    quoted = shlex.quote(printable(text))
    return f"'{text}'" if quoted.startswith("=") else quoted


def _violation(result: Result) -> str:
    finding = result.findings[0]
    tried = f"{result.probe.says}: " if result.probe else ""
    return f"{tried}expected {finding.expected}; got {finding.got}"[:300]


def printable(text: str) -> str:
    """The text with `?` for characters that XML cannot hold, or that a terminal or a browser obeys without a sign."""
    if text.replace("\n", "").isprintable():  # as nearly every text is
        return text
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
