"""Refusals that may have another cause than what was tried: a target that refuses valid requests for a model by the
same code and with the same words, since a limit of its own is lower than the document's, may refuse them for that. An
accepted request shows that it is not so, if what the refused one changes of it is not what the valid ones change. Pure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.probes.request import ACCEPTED, GONE, Expected
from contract_tests.target.exchange import Exchange

Cause = tuple[str, int | None, str]
"""The model that was asked for, and the code and the words of the refusal."""
Body = Mapping[str, Any]
OWN: Final = "callBackUrl"
"""The member that differs from request to request."""
SIZES: Final[tuple[Callable[[str], int], ...]] = (len, lambda text: len(text.encode(errors="replace")))
"""What a target may count of a text."""


class OtherCauses:
    """For what else than what was tried a target may have refused requests, by how it answered the valid ones."""

    def __init__(self, answers: Iterable[tuple[Expected, Exchange]] = ()) -> None:
        """Answers each with what was expected."""
        self._refused: dict[Cause, list[Body]] = defaultdict(list)
        self._accepted: dict[str, list[Body]] = defaultdict(list)
        for expected, exchange in answers:
            model, code, _ = cause(exchange)
            if code in ACCEPTED.codes:
                self._accepted[model].append(_sent(exchange))
            elif code is not None and expected.codes == ACCEPTED.codes:
                self._refused[cause(exchange)].append(_sent(exchange))

    def may_be(self, exchange: Exchange) -> bool:
        """Whether a refusal may have one of them: valid requests for its model are refused likewise, and no accepted
        request shows that it is for what was tried."""
        valid = self._refused.get(cause(exchange), [])
        accepted = self._accepted.get(cause(exchange)[0], [])
        return bool(valid) and not any(self._shows(each, _sent(exchange), valid) for each in accepted)

    def _shows(self, accepted: Body, sent: Body, valid: Iterable[Body]) -> bool:
        """Whether a request changes of an accepted one nothing for which one of the valid ones may be refused."""
        changed = _changed(accepted, sent)
        by_valid = [(each, _changed(accepted, each)) for each in valid]
        return bool(changed) and all(
            others and all(self._is_too_long(each, sent, member) for member in changed & others)
            for each, others in by_valid
        )

    def _is_too_long(self, valid: Body, sent: Body, member: str) -> bool:
        """Whether a valid request may be refused for the length of a text, and the one that was sent may not."""
        is_long = isinstance(valid.get(member), str) and not self._fits(valid, member)
        return is_long and (member not in sent or self._fits(sent, member))

    def _fits(self, sent: Body, member: str) -> bool:
        """Whether a text is no longer than one that was accepted in its place, however that is counted."""
        text, every = sent.get(member), self._accepted.get(f"{sent.get('model')}", [])
        taken = [other for body in every if isinstance(other := body.get(member), str)]
        return isinstance(text, str) and any(all(size(text) <= size(other) for size in SIZES) for other in taken)


NONE_KNOWN: Final = OtherCauses()


def cause(exchange: Exchange) -> Cause:
    """What may be the cause of a refusal."""
    return f"{_sent(exchange).get('model')}", exchange.code, f"{exchange.msg}"


def worded(exchange: Exchange) -> str:
    """Why a refusal tells nothing of what was tried."""
    model, code, words = cause(exchange)
    return f"valid requests for {model} are refused likewise, by {code} and {words[:80]!r}"


def _sent(exchange: Exchange) -> Body:
    sent = parsed(exchange.sent)
    return sent if isinstance(sent, dict) else {}


def _changed(accepted: Body, sent: Body) -> set[str]:
    """The members that a request has not as the accepted one."""
    members = {*accepted, *sent} - {OWN}
    return {each for each in members if repr(accepted.get(each, GONE)) != repr(sent.get(each, GONE))}
