"""Names that say that a value is secret, and the members of JSON that have them: what they hold is masked. Pure."""

import json
import re
from typing import Final

from contract_tests.target.keys import MASKED

WORDS: Final = (
    "pass(?:word|wd|phrase)|secret|token|(?:api|access|private|auth)[-_]?key|credential|authori[sz]ation|signature|cookie"
    "|session"
)
NAME: Final = re.compile(rf"{WORDS}|authenticat|(?:^|[-_.\[])(?:key|sig|auth|pwd)\]?$", re.IGNORECASE)
HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
"""A text, a sign or a word of JSON."""
COLON: Final = re.compile(r"\s*:")
DEEPEST: Final = 4
"""Texts within texts that are looked into."""


def is_secret(name: str) -> bool:
    """Whether the name of a header, of a parameter or of a member says that its value is secret."""
    return bool(NAME.search(name) or NAME.search(HUMP.sub("-", name)))


def masked_members(text: str, depth: int = 0) -> tuple[str, list[str]]:
    """JSON with every text and number masked that stands below a secret name, also in JSON within its texts, and what
    was masked. Nothing else changes. A text that is no JSON comes back as it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text, []
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text, []
    made: list[str] = []
    found: list[str] = []
    secret = [False]  # of each object and list that is open, whether what stands there is secret
    named, begun = False, 0
    for piece in PIECE.finditer(text):
        word, value = piece[0], piece[0]
        if word in "{[":
            secret.append(named or secret[-1])
            named = False
        elif word in "}]":
            secret.pop()
        elif word == ",":
            named = False
        elif word.startswith('"') and COLON.match(text, piece.end()):
            named = is_secret(json.loads(word, strict=False))
        elif word != ":":
            value = _value(word, named or secret[-1], found, depth)
        made += (text[begun : piece.start()], value)
        begun = piece.end()
    return "".join((*made, text[begun:])), found


def _value(word: str, secret: bool, found: list[str], depth: int) -> str:
    """A text, a number or a word of JSON as it is written down."""
    if not word.startswith('"'):
        return "0" if secret and word not in ("true", "false", "null") else word
    meant = json.loads(word, strict=False)
    if secret:
        found.append(meant)
        return f'"{MASKED}"'
    if depth == DEEPEST:
        return word
    text, more = masked_members(meant, depth + 1)
    found += more
    return json.dumps(text) if more or text != meant else word
