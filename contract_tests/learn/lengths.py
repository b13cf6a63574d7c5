"""Whether a text that was refused for its length tells how a server counts, or that it has a limit of its own. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.learn.bounds import Key, lengths
from contract_tests.learn.evidence import Found, Left, Line, name
from contract_tests.probes.search import documented
from contract_tests.reports.report import Asked

COUNTED: Final = "picks.string_length"
TITLE: Final = "picks.v4_5all_title"
ACCEPTED: Final = 200
TAKEN: Final = ("code_points", "100")
"""The readings that an accepted text shows."""
PLAIN: Final[Mapping[str, Callable[[str], bool]]] = {"utf16": lambda text: max(text, default="") <= "\uffff"}
"""By reading: which texts have as many of what is counted as characters; of the others ASCII has."""
OWN: Final = (
    "what was refused may be longer than a limit of the server's own, since no text of {} characters was accepted"
)


def by_accepted_lengths(read: Iterable[Found], asked: Iterable[Asked], published: Published) -> Iterator[Found]:
    """What was read of the questions, but for those about a length of which nothing shows that the server has the
    document's limit: a text as long as that has to be accepted whose characters count as one in every way."""
    came = [*asked]
    least = min(documented(published, "V4_5ALL", "title"), default=0)
    due = {COUNTED: _asked_for(came, published), TITLE: {("V4_5ALL", "title"): least}}
    for each in read:
        lacking = list[int]()
        if isinstance(each, Line) and (needed := due.get(name(each))) and each.value not in TAKEN:
            longest = _accepted(came, published, PLAIN.get(str(each.value), str.isascii))
            lacking = [length for key, length in needed.items() if longest[key] < length]
        if lacking:
            yield Left(name(each), f"{OWN.format(max(lacking))}; a run with a larger --budget would")
        else:
            yield each


def _accepted(asked: Iterable[Asked], published: Published, is_plain: Callable[[str], bool]) -> dict[Key, int]:
    """The longest text that was accepted in each place, of the plain ones."""
    longest: dict[Key, int] = defaultdict(int)
    for each in asked:
        if each.exchange.code == ACCEPTED:
            for key, length in lengths(each.exchange, published, is_plain):
                longest[key] = max(longest[key], length)
    return longest


def _asked_for(asked: Iterable[Asked], published: Published) -> dict[Key, int]:
    """The texts by which it was asked what is counted, each with its characters."""
    found: dict[Key, int] = {}
    for each in asked:
        body = parsed(each.exchange.sent) if each.probe.startswith("question.string_length") else None
        if isinstance(body, dict) and each.exchange.code not in (None, ACCEPTED):
            fields = {limit.field for limit in published.limits}
            texts = {field: text for field in fields if isinstance(text := body.get(field), str) and not text.isascii()}
            found |= {(f"{body.get('model')}", field): len(text) for field, text in texts.items()}
    return found
