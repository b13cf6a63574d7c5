"""No search for garbage while much is made that is kept."""

import gc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from mock_server.core.garbage import nothing_thrown_away


@pytest.fixture(autouse=True)
def _looked() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("looked", [True, False])
def test_afterwards_it_is_as_before_however_it_ends(looked: bool) -> None:
    gc.enable() if looked else gc.disable()
    with suppress(OSError), nothing_thrown_away():
        assert not gc.isenabled()
        raise OSError("no such file")
    assert gc.isenabled() is looked
