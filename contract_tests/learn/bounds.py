"""Limits of texts as requests show them that were made for something else, such as those of a recording: the limit lies
between the longest text that was accepted and the shortest that was refused for its length. Pure."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.learn.refusals import Refusal
from contract_tests.probes.search import documented
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange

FLAG: Final = "defaultParamFlag"
"""The member that says that a request has texts of its own, to which limits apply."""
FREE: Final = "`suno-contract calibrate --base-url` would tell for no task"
Key = tuple[str, str]
"""A model and a field."""
Lengths = dict[int, Exchange]


def bounds(
    asked: Iterable[Asked], refusals: Iterable[Refusal], published: Published, known: Container[Key]
) -> Iterator[Found]:
    """The limits that are decided, where they are not the documents', and what is known of the others of which a text
    was refused. Those that are `known` otherwise are passed over, and so are refusals that do not name the field: they
    may have another reason."""
    fits: dict[Key, Lengths] = defaultdict(dict)
    fails: dict[Key, Lengths] = defaultdict(dict)
    for each in asked:
        if each.exchange.code == 200:
            for key, length in lengths(each.exchange, published):
                fits[key][length] = each.exchange
    for refusal in refusals:
        for key, length in lengths(refusal.exchange, published):
            if refusal.rule == f"extend.{key[1]}.length" and key[1].lower() in f"{refusal.exchange.msg}".lower():
                fails[key][length] = refusal.exchange
    for key in dict.fromkeys((each.model, each.field) for each in published.limits):
        if key not in known:
            yield from _limit(key, fits[key], fails[key], documented(published, *key))


def _limit(key: Key, fits: Lengths, fails: Lengths, due: list[int]) -> Iterator[Found]:
    model, field = key
    path = ("models", model, "limits", "extend", field)
    least, most = max(fits, default=0), min(fails, default=None)
    if most is None:
        if least > max(due):
            yield Left(".".join(path), f"{least} characters are accepted, and nothing longer came; {FREE}")
    elif most <= least:
        yield Left(".".join(path), f"seen in two ways: {least} characters are accepted, and {most} are not")
    elif most > least + 1:
        yield Left(".".join(path), f"between {least} and {most - 1} characters; {FREE}")
    elif least not in due:
        yield Line(path, least, times([fits[least], fails[most]]))


def lengths(
    exchange: Exchange, published: Published, is_plain: Callable[[str], bool] = str.isascii
) -> Iterator[tuple[Key, int]]:
    """The texts of a request with their lengths, if they are plain: of others than ASCII it is open what is counted."""
    body = parsed(exchange.sent)
    if isinstance(body, dict) and body.get(FLAG) is True:
        for field in dict.fromkeys(each.field for each in published.limits):
            text = body.get(field)
            if isinstance(text, str) and is_plain(text):
                yield (str(body.get("model")), field), len(text)
