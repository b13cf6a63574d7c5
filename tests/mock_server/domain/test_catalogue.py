"""Records are what processes share: each finds in its own catalogue what they name."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from mock_server.api.served_operations import TASK_REQUESTS
from mock_server.contract.editions import Editions
from mock_server.contract.profile_files import profile_names
from mock_server.contract.scenarios import Scenarios
from mock_server.core.settings import Settings, parse_readings
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.tasks import Task
from tests.builders import SCENARIOS, catalogue, edition, editions, generated, task


def other(profile: str) -> Catalogue:
    """The catalogue of another process."""
    return Catalogue(Editions(Settings(profile=profile)), Scenarios.read(), TASK_REQUESTS)


OTHERS = {profile: other(profile) for profile in profile_names()}
VARIES = tuple(parse_readings("all=vary").items())


@given(
    st.sampled_from(profile_names()),
    st.sampled_from([task, generated]),
    st.sampled_from([each.name for each in SCENARIOS if each.answer is None]),
    st.integers(0, 1000),
)
def test_another_process_finds_the_same_by_a_record(
    profile: str, made: Callable[..., Task], scenario: str, number: int
) -> None:
    judged_by = editions(profile).under(VARIES).draw("key", number)
    mine = made(scenario=scenario, under=judged_by)
    found = OTHERS[profile].task(mine.record)
    assert (found.operation, found.request, found) == (mine.operation, mine.request, mine)
    assert found.scenario.name == scenario
    assert (found.edition.names, found.edition.drawn) == (judged_by.names, judged_by.drawn)


def test_tasks_of_equal_readings_share_an_edition() -> None:
    both = edition("apikley", "first_items=both")
    one, two, other = (catalogue().task(each.record) for each in (task(), generated(id="2"), task(under=both)))
    assert one.edition is two.edition is not other.edition
