"""Keys as pages show them."""

from functools import lru_cache
from hashlib import blake2b

from mock_server.core.text import cut
from mock_server.domain.masking import is_public, masked


def label(key: str | None) -> str:
    """A key as pages show it: masked, with a part of its handle, so that two that begin alike can be told apart. That
    this is a hash is said, or it would be taken for the end of the key."""
    if key is None:
        return "no key"
    return cut(masked(key), 40) if is_public(key) else f"{masked(key)} (hash {handle_of(key)[:4]})"


@lru_cache(maxsize=10_000)
def handle_of(key: str) -> str:
    """The same one in every process. Who can guess a key can see from it that the guess is right."""
    return blake2b(key.encode(errors="surrogateescape"), digest_size=8, person=b"suno-mock").hexdigest()
