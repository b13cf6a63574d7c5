"""The client of Redis and Valkey, which not everybody has installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from mock_server.core.errors import BadSetting


@contextmanager
def needs_client() -> Iterator[None]:
    """Import in here what imports the client. Raises BadSetting where there is none."""
    try:
        yield
    except ImportError:
        raise BadSetting(
            "a state in Redis or Valkey needs redis-py: pip install 'suno-mock[shared]', or choose a file for --state."
        ) from None
