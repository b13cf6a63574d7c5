"""Two mocks that are asked the same over the same connections: one is given all at once, the other in pieces."""

import re
from collections.abc import Sequence
from typing import Final

from tests.fuzz.target import Target, Troubles, responses

TOLD_EARLY: Final = 2
"""Answers at the end of a connection of which one mock may have the last alone: a request that is answered before its
body is read, where the body cannot be."""
STARTED: Final = re.compile(rb'"started":"[0-9a-f]{8}"')
"""What the health tells of one mock alone."""


class Twins:
    """Two mocks with one past; use them within one event loop. `answered` counts answers by HTTP status."""

    def __init__(self, troubles: Troubles) -> None:
        self._whole = Target(troubles)
        self._pieces = Target(troubles)
        self.answered = self._whole.answered

    async def violation(self, pieces: Sequence[bytes]) -> str | None:
        """What differs between a connection over which all comes at once and one over which it comes in pieces, byte by
        byte where there is one; what is wrong with the answers of either. The number of pieces says whether the client
        closes its half behind them."""
        sent, ends = b"".join(pieces), len(pieces) % 2 == 0
        apart = pieces if len(pieces) > 1 else [bytes((byte,)) for byte in sent]
        at_once = await self._whole.exchange([sent], ends=ends)
        later = await self._pieces.exchange(apart, ends=ends)
        if troubles := [*self._whole.taken(), *self._pieces.taken()]:
            return troubles[0]
        if not _is_same(at_once, later):
            return f"at once {at_once[-600:]!r}, in pieces {later[-600:]!r}"
        return self._whole.judged(sent, at_once)


def _is_same(at_once: bytes, later: bytes) -> bool:
    at_once, later = STARTED.sub(b"", at_once), STARTED.sub(b"", later)
    if at_once == later:
        return True
    one, other = list(responses(at_once)), list(responses(later))
    # In pieces a request may have been answered before what cannot be read of it came.
    return one[-1:] == other[-1:] and one[-1][0] == 400 and one == [*other[:-TOLD_EARLY], *other[-1:]]
