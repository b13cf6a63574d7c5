"""What a search for limits and models has shown. Pure."""

from collections.abc import Iterable
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.probes.search import KNOWN, SEARCH, UNLISTED
from contract_tests.target.exchange import Exchange

LENGTH: Final = ".length"


class Searched:
    """What was answered to the requests of a search, each with the id of its probe.

    All are about a track of nobody. An answer that is not the one which that alone causes tells of the other fault: by
    its code, or by its words where these do not change from request to request.
    """

    def __init__(self, asked: Iterable[tuple[str, Exchange]] = ()) -> None:
        self._nobody: list[Exchange] = []
        self._models: dict[str, Exchange] = {}
        self._texts: dict[tuple[str, str, str], dict[int, Exchange]] = {}
        for each in asked:
            self.add(*each)

    def add(self, probe: str, exchange: Exchange) -> None:
        """Takes an answer; what is not of a search is passed over."""
        body = parsed(exchange.sent)
        if not probe.startswith(SEARCH) or not isinstance(body, dict) or exchange.code in (None, 200):
            return
        rule = probe.removeprefix(SEARCH).partition(":")[0]
        field = rule.split(".")[1]
        if rule == KNOWN:
            self._nobody.append(exchange)
        elif rule.endswith(LENGTH):
            text = str(body.get(field))
            self._texts.setdefault((str(body.get("model")), field, text[:1]), {})[len(text)] = exchange
        else:
            self._models[str(body.get("model"))] = exchange

    @property
    def of_nobody(self) -> list[Exchange]:
        """The answers to requests that have no other fault than that their track is nobody's."""
        return [*self._nobody]

    def takes(self, model: str) -> bool:
        """Whether the server has a model."""
        return self._shows_models() and model in self._models and not self._tells(self._models[model])

    def lacks(self, model: str) -> bool:
        """Whether the server refuses a model as it refuses one that no server has."""
        if not self.refuses(model):
            return False
        unlisted, answer = self._models[UNLISTED], self._models[model]
        words = f"{answer.msg}"
        return answer.code == unlisted.code and unlisted.msg in (words, words.replace(model, UNLISTED, 1))

    def refuses(self, model: str) -> bool:
        """Whether the server refuses a model, in whatever words."""
        return self._shows_models() and model in self._models and self._tells(self._models[model])

    def of_model(self, model: str) -> Exchange:
        """The answer to the request for a model."""
        return self._models[model]

    @property
    def models(self) -> list[str]:
        """The models that were asked for, in their order, without the one that no server has."""
        return [model for model in self._models if model != UNLISTED]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The models and fields of which texts were sent."""
        return list(dict.fromkeys((model, field) for model, field, _ in self._texts))

    def ends(self, model: str, field: str, character: str = "x") -> tuple[int, int | None]:
        """The longest text that was not refused for its length, 0 where all were, and the shortest that was."""
        found = self._texts.get((model, field, character), {})
        refused = [length for length, exchange in found.items() if self._tells(exchange)]
        return max({0, *found} - {*refused}), min(refused, default=None)

    def of_text(self, model: str, field: str, length: int | None) -> Exchange | None:
        """The answer to a text of that length."""
        return self._texts.get((model, field, "x"), {}).get(length or 0)

    def _shows_models(self) -> bool:
        return UNLISTED in self._models and self._tells(self._models[UNLISTED])

    def _tells(self, exchange: Exchange) -> bool:
        if not self._nobody:
            return False
        first, *others = self._nobody
        words = {_words(each) for each in (first, *others)}
        if exchange.code != first.code:
            return True
        return bool(others) and len(words) == 1 and _words(exchange) not in words


def _words(exchange: Exchange) -> str | None:
    """What a refusal says; None where it is no text."""
    return exchange.msg if isinstance(exchange.msg, str) else None
