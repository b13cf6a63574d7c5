"""A delivery that is made for the first callback."""

import pytest

from mock_server.sending import LateDelivery
from tests.builders import RecordingDelivery

pytestmark = pytest.mark.anyio


async def test_it_is_made_once_and_for_the_first_callback() -> None:
    made: list[RecordingDelivery] = []

    def make() -> RecordingDelivery:
        made.append(RecordingDelivery())
        return made[-1]

    delivery = LateDelivery(make)
    assert made == []
    for _ in range(2):
        await delivery.attempt("http://127.0.0.1:1/", b"{}", (200, 200))
    await delivery.close()
    assert len(made) == 1


async def test_one_that_was_never_made_is_closed_all_the_same() -> None:
    await LateDelivery(RecordingDelivery).close()
