"""Schemathesis over the document: what breaks its schema is refused, and every answer has the documented form."""

import pytest
from hypothesis import given
from schemathesis import GenerationMode

from contract_tests.probes.from_document import Made, made, probed
from contract_tests.suites.world import Decorator, World

pytestmark = pytest.mark.usefixtures("paying")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_requests_made_of_the_document(mode: GenerationMode, world: World, bounded: Decorator) -> None:
    @bounded
    @given(made(world.published, world.tracks, mode))
    def conform(one: Made) -> None:
        world.sent(probed(one, world.published))

    conform()
