"""Which connections are used again, and for how long they are kept."""

from collections.abc import Callable

import pytest

from mock_server.callbacks.connection import Connection
from mock_server.callbacks.kept_connections import KEPT_FOR, KeptConnections
from tests.leaping import LEAPING, passed

pytestmark = pytest.mark.anyio
HERE, THERE = "http://127.0.0.1:1", "http://127.0.0.1:2"


@pytest.fixture
def anyio_backend() -> object:
    """Time leaps."""
    return LEAPING


async def test_the_one_that_was_kept_last_is_used_first() -> None:
    kept, first, second = KeptConnections(), Connection(), Connection()
    kept.keep(HERE, first)
    kept.keep(HERE, second)
    assert [kept.take(where) for where in (THERE, HERE, HERE, HERE)] == [None, second, first, None]


async def test_it_is_kept_for_a_moment() -> None:
    kept, connection = KeptConnections(), Connection()
    kept.keep(HERE, Connection())
    await passed(KEPT_FOR / 2)
    kept.keep(HERE, connection)
    await passed(KEPT_FOR * 0.75)
    assert (kept.take(HERE), kept.take(HERE)) == (connection, None)
    kept.keep(HERE, connection)
    await passed(KEPT_FOR * 2)
    assert (kept.take(HERE), connection.ended) == (None, True)


@pytest.mark.parametrize("spoil", [Connection.eof_received, lambda connection: connection.data_received(b"x")])
async def test_one_that_was_closed_or_spoke_is_not_used(spoil: Callable[[Connection], object]) -> None:
    kept, good, bad = KeptConnections(), Connection(), Connection()
    kept.keep(HERE, good)
    kept.keep(HERE, bad)
    spoil(bad)
    assert (kept.take(HERE), bad.ended) == (good, True)


async def test_at_the_end_all_are_closed() -> None:
    kept, connections = KeptConnections(), [Connection() for _ in range(3)]
    for where, connection in zip((HERE, HERE, THERE), connections, strict=True):
        kept.keep(where, connection)
    kept.close()
    assert all(each.ended for each in connections)
    assert kept.take(HERE) is None
