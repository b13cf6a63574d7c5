"""Masks keys and the URLs of receivers before they are shown. Pure."""

import re
from typing import Final, overload

from mock_server.contract.scenarios import MAGIC
from mock_server.core.settings import is_engine
from mock_server.core.text import cut
from mock_server.domain.accounts import known_keys

OWN_KEY: Final = "${SUNO_MOCK_KEY:-test-key}"
"""What a shell puts in place of a key that is not shown."""
SECRET: Final = re.compile("authorization|cookie|api-?key|token|secret|password", re.IGNORECASE)
"""Names of headers whose values are masked."""
ENDS_HOST: Final = re.compile("[/?#]")
"""What follows the host of a URL begins so (RFC 3986, section 3.2)."""
TELLING: Final = 8
"""Characters of a key that is found in the values of other headers, too; a shorter one is a part of many words."""


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
    return cut(masked_whole(url))


def masked_whole(url: str) -> str:
    """A receiver's URL without a user and password, however long."""
    return re.sub(r"//[^/?#]*@", "//...@", url)


def masked_place(place: str) -> str:
    """Where a mock keeps its state: a file as it is, an engine's URL without a password. Where a password may have a
    character in it that ends a host, nobody can tell where it ends, and all is masked."""
    if not is_engine(place):
        return place
    scheme, _, address = place.partition("://")
    end = ENDS_HOST.search(address)
    if not address or (end and "@" in address[end.start() :]):
        return f"{scheme.partition(':')[0]}://..."
    return masked_whole(place).partition("?")[0]


def masked_header(name: str, value: str, key: str | None = None) -> str:
    """The value of a header as it may be shown: without the `key` of its request, and where its name tells that it is a
    secret, only its beginning, behind the scheme."""
    if key is not None and len(key) >= TELLING and not is_public(key):
        value = value.replace(key, masked(key))
    if not SECRET.search(name):
        return value
    scheme, _, secret = value.rpartition(" ") if "authorization" in name.lower() else ("", "", value)
    return f"{scheme} {masked(secret)}".lstrip()
