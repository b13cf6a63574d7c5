"""The requests of a recording that its reports tell, with what came for them. Pure."""

from collections.abc import Callable, Mapping, Set

from contract_tests.reports.report import Asked


class FirstAsked:
    """Takes requests in any order. It keeps the first `most`, by their numbers, and of those that break a rule the ones
    whose numbers are `wanted`; None keeps all."""

    def __init__(self, most: int | None, wanted: Callable[[], Set[int]]) -> None:
        self._most = most
        self._wanted = wanted
        self._came = 0
        self._latest: Asked | None = None
        self._first: dict[int, Asked] = {}
        self._broken: dict[int, Asked] = {}
        self._room = most or 0

    def add(self, asked: Asked) -> None:
        self._came += 1
        self._latest = self._first[asked.exchange.number] = asked
        if self._most is not None and len(self._first) > 2 * self._most:
            self._first = _lowest(self._first, self._most)

    def again(self, asked: Asked) -> None:
        """Takes a request that was added before, and is judged once more."""
        self._latest = asked

    def broke(self, number: int) -> None:
        """Says that the request that came last breaks a rule, if it has this number."""
        if self._most and self._latest is not None and self._latest.exchange.number == number:
            self._broken[number] = self._latest
            if len(self._broken) > 2 * self._room:
                wanted = self._wanted()
                self._broken = {each: asked for each, asked in self._broken.items() if each in wanted}
                self._room = max(self._room, len(self._broken))

    def kept(self) -> tuple[Asked, ...]:
        """What is kept, in order."""
        first = self._first if self._most is None else _lowest(self._first, self._most)
        wanted = self._wanted() if self._broken else ()
        broken = {each: asked for each, asked in self._broken.items() if each in wanted}
        return tuple(asked for _, asked in sorted({**first, **broken}.items()))

    @property
    def left_out(self) -> int:
        """How many are not kept, of reports that keep any."""
        return self._came - len(self.kept()) if self._most else 0


def _lowest(asked: Mapping[int, Asked], most: int) -> dict[int, Asked]:
    return {number: asked[number] for number in sorted(asked)[:most]}
