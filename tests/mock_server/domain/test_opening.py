"""The task that an accepted request starts."""

from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.operations import EXTEND, GENERATE, operations
from mock_server.contract.profile_files import profile_names
from mock_server.contract.scenarios import Scenario
from mock_server.contract.source_tracks import Track
from mock_server.core.settings import Pace
from mock_server.domain.opening import Draft
from mock_server.domain.timeline import plan, reached_at
from tests.builders import CREATED, SCENARIOS, SEED, SOURCE, catalogue, edition, generation, request

URL = "http://127.0.0.1:3000/callback"
OF: dict[str, tuple[dict[str, Any], Track | None]] = {
    EXTEND: (request(callBackUrl=URL), SOURCE),
    GENERATE: (generation(callBackUrl=URL), None),
}
scenarios = st.sampled_from([each for each in SCENARIOS if each.answer is None])
speeds = st.sampled_from([Pace.parse(pace).speed for pace in ("immediate", "time", "realtime", "0.5x")])
profiles = st.sampled_from(profile_names())
operation_names = st.sampled_from(sorted(OF))
ordinals = st.integers(1, 10**9)


def draft(operation: str = EXTEND, *, profile: str = "apikley", speed: float = 1.0, key: str = "key") -> Draft:
    body, source = OF[operation]
    return Draft(SEED, key, orjson.dumps(body), URL, operations()[operation], source, edition(profile), speed)


PLAIN = SCENARIOS.plain.scenario


@given(operation_names, profiles, scenarios, speeds, ordinals)
def test_a_task_is_what_was_drafted(
    operation: str, profile: str, scenario: Scenario, speed: float, ordinal: int
) -> None:
    drafted = draft(operation, profile=profile, speed=speed)
    record = drafted.opened(ordinal, CREATED, scenario).record
    assert (record.key, record.ordinal, record.created, record.operation) == ("key", ordinal, CREATED, operation)
    assert (record.body, record.callback_url, record.source) == (drafted.body, URL, drafted.source)
    assert (record.scenario, record.speed, record.readings) == (scenario.name, speed, edition(profile).picked)
    assert (record.drawn, record.given_up, record.heard, record.lost) == ("", False, False, False)


@given(profiles, scenarios, speeds, ordinals)
def test_its_first_callback_is_owed_when_it_is_planned(
    profile: str, scenario: Scenario, speed: float, ordinal: int
) -> None:
    drafted = draft(profile=profile, speed=speed)
    opening = drafted.opened(ordinal, CREATED, scenario)
    planned = plan(catalogue(profile).task(opening.record))
    assert (opening.owed is None) == (planned == ()) == (drafted.due_after is None)
    if opening.owed is not None:
        assert opening.owed.planned == planned
        assert (opening.owed.position, opening.owed.retries, opening.owed.receiver) == (0, 0, "127.0.0.1:3000")
        assert opening.owed.due == CREATED + planned[0].after
        assert drafted.due_after == planned[0].after


@given(scenarios, speeds)
def test_its_price_comes_back_when_the_failure_that_refunds_is_reached(scenario: Scenario, speed: float) -> None:
    opening = draft(speed=speed).opened(1, CREATED, scenario)
    fails = scenario.fails
    if fails is None or not fails.refund:
        assert opening.refund_at is None
    else:
        assert opening.refund_at == reached_at(catalogue().task(opening.record), fails.instead_of)


def test_some_failure_refunds() -> None:
    assert draft().opened(1, CREATED, SCENARIOS.named("callback-531")).refund_at is not None


@given(operation_names, scenarios, ordinals)
def test_the_same_draft_opens_the_same_task(operation: str, scenario: Scenario, ordinal: int) -> None:
    drafted = draft(operation)
    assert drafted.opened(ordinal, CREATED, scenario) == drafted.opened(ordinal, CREATED, scenario)
    assert drafted.opened(ordinal, CREATED, scenario) == draft(operation).opened(ordinal, CREATED, scenario)


@given(st.lists(st.tuples(st.sampled_from(["key", "other", ""]), ordinals), min_size=2, unique=True))
def test_no_two_requests_share_an_id(numbered: list[tuple[str, int]]) -> None:
    records = [draft(key=key).opened(ordinal, CREATED, PLAIN).record for key, ordinal in numbered]
    ids = [id for record in records for id in (record.id, *record.tracks)]
    assert len(set(ids)) == len(ids) == len(records) * (1 + edition().family.tracks_per_task)


@given(ordinals)
def test_ids_do_not_hang_on_what_is_asked_for(ordinal: int) -> None:
    """A test whose receiver has another port gets the same ids."""
    one, other = (draft(operation).opened(ordinal, CREATED, PLAIN).record for operation in OF)
    assert (one.id, one.tracks) == (other.id, other.tracks)
    assert all(UUID(each).version == 4 for each in (one.id, *one.tracks))


@pytest.mark.parametrize("operation", sorted(OF))
def test_a_drawn_edition_stays_with_the_task(operation: str) -> None:
    drafted = draft(operation)
    drafted.edition = edition("apikley", "first_items=both", "create_time=rfc3339")
    found = catalogue().task(drafted.opened(1, CREATED, PLAIN).record)
    assert found.edition.names == drafted.edition.names
