"""Masks keys and the URLs of receivers before they are shown. Pure."""

import re
from typing import Final, overload

from mock_server.contract.scenarios import MAGIC
from mock_server.core.text import cut
from mock_server.domain.accounts import known_keys

OWN_KEY: Final = "${SUNO_MOCK_KEY:-test-key}"
"""What a shell puts in place of a key that is not shown."""


def is_public(key: str) -> bool:
    """Whether everyone knows the key: a magic one, or one of `fixtures/accounts.yaml`."""
    return key.startswith(MAGIC) or key in known_keys()


@overload
def masked(key: str) -> str: ...
@overload
def masked(key: None) -> None: ...
@overload
def masked(key: str | None) -> str | None: ...


def masked(key: str | None) -> str | None:
    """A key that everyone knows, whole; of any other the first three characters."""
    return key if key is None or is_public(key) else f"{key[:3]}…"


def masked_url(url: str) -> str:
    """A receiver's URL without a user and password, and not too long."""
    return cut(re.sub(r"//[^/?#]*@", "//...@", url))
