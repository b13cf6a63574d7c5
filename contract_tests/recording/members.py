"""Members of JSON whose names say that their values are secret: what they hold is masked. Pure."""

import json
import re
from collections.abc import Callable
from typing import Final

from contract_tests.recording.callback_urls import masked_url, of_callback_url
from contract_tests.recording.names import NAMED_SO, is_called_back, is_secret
from contract_tests.target.keys import MASKED, ODD

ROOTS: Final = (
    "pass",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "sig",
    "cookie",
    "session",
    "pwd",
    "jwt",
    "hmac",
    "csrf",
    "xsrf",
    "pin",
    "otp",
    "verifier",
    "assertion",
)
"""What stands in every secret name, one of them at least."""
ESCAPED: Final = re.compile(r"\\(?:[^nrtbf/u]|u(?:00[2-7]|013|017|212))")
"""An escape that may stand for a letter of a name, or for a quote of JSON within a text."""
PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
"""A text, a sign or a word of JSON."""
SIGNS: Final = "{}[],:"
COLON: Final = re.compile(r"\s*:")
OPEN, WHERE_TO, SECRET = range(3)
"""What the name of a member says of its value: nothing, that it is a callBackUrl, that it is secret."""
DEEPEST: Final = 4
"""Texts within texts that are looked into."""


def may_be_named(text: str) -> bool:
    """Whether a secret name may stand somewhere in a text, as it is or in another case; a quick look at it."""
    low = text.lower()
    return any(root in low for root in ROOTS) or any(letter in text for letter in ODD)


def pieces(text: str) -> list[tuple[int, int]]:
    """Where texts, numbers and words of JSON stand in it, texts without their quotes; where it is none, all of it."""
    if not is_json(text):
        return [(0, len(text))]
    found = ((piece.start(), piece.end(), piece[0][0] == '"') for piece in PIECE.finditer(text))
    return [(start + quoted, end - quoted) for start, end, quoted in found if quoted or text[start] not in SIGNS]


def each_piece(text: str, mask: Callable[[str], str]) -> str:
    """A text with each of its pieces masked: what is JSON stays so, since no quote and no sign of it is in a piece."""
    if not is_json(text):
        return mask(text)
    made: list[str] = []
    ended = 0
    for start, end in pieces(text):
        made += (text[ended:start], _masked_piece(text[start:end], mask, quoted=text[start - 1 : start] == '"'))
        ended = end
    return "".join((*made, text[ended:]))


def _masked_piece(piece: str, mask: Callable[[str], str], *, quoted: bool) -> str:
    masked = mask(piece)
    if masked == piece:
        return piece
    if not quoted:
        return "0"
    # Where a mask takes a half of an escape, the text is masked as it is meant.
    return masked if is_json(f'["{masked}"]') else json.dumps(mask(json.loads(f'"{piece}"', strict=False)))[1:-1]


def is_json(text: str) -> bool:
    """Whether a text is an object or a list of JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def masked_members(text: str, depth: int = 0) -> tuple[str, list[str]]:
    """JSON with every text and number masked that stands below a secret name, also in JSON within its texts, and what
    was masked; of what stands below the name of a callBackUrl the form stays. Nothing else changes. A text that is no
    JSON comes back as it is."""
    if not (may_be_named(text) or NAMED_SO.search(text) or ESCAPED.search(text)) or not is_json(text):
        return text, []
    made: list[str] = []
    found: list[str] = []
    above = [OPEN]  # of each object and list that is open, what its name says
    named, begun = OPEN, 0
    for piece in PIECE.finditer(text):
        word, value = piece[0], piece[0]
        if word in "{[":
            above.append(max(named, above[-1]))
            named = OPEN
        elif word in "}]":
            above.pop()
        elif word == ",":
            named = OPEN
        elif word.startswith('"') and COLON.match(text, piece.end()):
            name = _meant(word)
            named = SECRET if is_secret(name) else WHERE_TO if is_called_back(name) else OPEN
        elif word != ":":
            value = _value(word, max(named, above[-1]), found, depth)
        made += (text[begun : piece.start()], value)
        begun = piece.end()
    return "".join((*made, text[begun:])), found


def _meant(word: str) -> str:
    """What a text of JSON says."""
    return str(json.loads(word, strict=False)) if "\\" in word else word[1:-1]


def _value(word: str, named: int, found: list[str], depth: int) -> str:
    """A text, a number or a word of JSON as it is written down."""
    if not word.startswith('"'):
        return "0" if named == SECRET and word not in ("true", "false", "null") else word
    meant = _meant(word)
    if named == SECRET:
        found.append(meant)
        return f'"{MASKED}"'
    if named == WHERE_TO:
        found += of_callback_url(meant)
        masked = masked_url(meant)
        return word if masked == meant else json.dumps(masked)
    if depth == DEEPEST:
        return word
    text, more = masked_members(meant, depth + 1)
    found += more
    return json.dumps(text) if more or text != meant else word
