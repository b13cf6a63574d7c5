"""A recorded text told again of another task: its ids, URLs and what else is new put in place. Pure.

What does not change stays as it is written, byte for byte: blanks, escapes, the order of members.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^"]+|"', re.DOTALL)
"""A text of JSON, or what is between two."""
COLON: Final = re.compile(r"\s*:")
LONG: Final = 8
"""Characters of an id from which on it is found within other texts, too, such as URLs."""
DEEPEST: Final = 4
"""Texts within texts that are looked into."""


@dataclass(slots=True, eq=False)
class Swap:
    """What stands in place of what: `whole` in place of a whole text, `ids` also within longer ones, and `named` in
    place of the texts of the members of these names."""

    ids: Mapping[str, str]
    whole: Mapping[str, str]
    named: Mapping[str, str]
    _within: re.Pattern[str] | None = field(init=False)

    def __post_init__(self) -> None:
        long = sorted((id for id in self.ids if len(id) >= LONG), key=len, reverse=True)
        self._within = re.compile("|".join(map(re.escape, long))) if long else None

    def text(self, text: str) -> str:
        """A text of JSON, or any other, told again."""
        if not _is_json(text):
            return self._inside(text)
        return self._pieces(text, 0)

    def _pieces(self, text: str, depth: int) -> str:
        made: list[str] = []
        name = ""
        for piece in PIECE.finditer(text):
            word = piece[0]
            if not word.startswith('"') or len(word) == 1:
                made.append(word)
            elif COLON.match(text, piece.end()):
                name = word[1:-1]
                made.append(word)
            else:
                made.append(self._value(word, name, depth))
                name = ""
        return "".join(made)

    def _value(self, word: str, name: str, depth: int) -> str:
        try:
            meant = json.loads(word, strict=False)
        except ValueError:
            return word
        new = self.named.get(name) or self.whole.get(meant) or self.ids.get(meant)
        if new is None:
            nested = depth < DEEPEST and _is_json(meant)
            new = self._pieces(meant, depth + 1) if nested else self._inside(meant)
        return word if new == meant else json.dumps(new, ensure_ascii=word.isascii())

    def _inside(self, text: str) -> str:
        return self._within.sub(lambda found: self.ids[found[0]], text) if self._within else text


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
