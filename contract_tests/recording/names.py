"""Names of headers, parameters and members that say what must not be written down. Pure."""

import re
from functools import lru_cache
from typing import Final

WORDS: Final = (
    "pass(?:word|wd|phrase|code)|secret|token|(?:api|access|private|auth)[-_]?key|credential|authori[sz]ation|signature"
    "|cookie|session|jwt|hmac|csrf|xsrf|verifier|assertion"
)
NAME: Final = re.compile(rf"{WORDS}|authenticat|(?:^|[-_.\[])(?:key|sig|auth|pwd|pin|otp|creds?)\]?$", re.IGNORECASE)
WHERE: Final = (
    r"(?:call[-_.]?back|web[-_.]?hook)s?(?:[-_.]?ur[li]s?)?|(?:hook|notify|notification)[-_.]?(?:ur[li]|hook)s?"
)
CALLED_BACK: Final = re.compile(rf"(?:{WHERE})\]?$", re.IGNORECASE)
"""The name of where somebody is to be called back: of what it holds the form alone is no secret."""
NAMED_SO: Final = re.compile(rf"(?:{WHERE})\]?\\*\"", re.IGNORECASE)
HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=2000)
def is_secret(name: str) -> bool:
    """Whether the name of a header, of a parameter or of a member says that its value is secret."""
    return bool(NAME.search(name) or NAME.search(HUMP.sub("-", name)))


@lru_cache(maxsize=2000)
def is_called_back(name: str) -> bool:
    """Whether the name of a parameter or of a member says that its value is where somebody is to be called back."""
    return bool(CALLED_BACK.search(name))
