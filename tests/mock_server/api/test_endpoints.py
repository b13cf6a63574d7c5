"""How endpoints decide: in which order, anew where settings change meanwhile, and under drawn readings."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.api.admission import Admission
from mock_server.api.credit import Credit
from mock_server.api.endpoints import ServedOperation, in_order
from mock_server.api.extend import Extend
from mock_server.api.finished_track import FinishedTrack
from mock_server.api.generate import Generate
from mock_server.api.judgement import Check, Judgement
from mock_server.api.open_task import TaskOpening
from mock_server.api.persona import Persona
from mock_server.api.record_info import RecordInfo
from mock_server.api.section import SECTION, Section
from mock_server.api.started import FINISHED_TRACK, Started
from mock_server.api.uploaded import Uploaded
from mock_server.app import create_app
from mock_server.contract.checks import checks
from mock_server.contract.operations import EXTEND, PERSONA, path
from mock_server.core.settings import Settings
from mock_server.domain.answer import Answer
from mock_server.domain.call import Call
from mock_server.domain.proposal import Proposal
from mock_server.media.find_track import FindTrack
from mock_server.runtime import Runtime
from mock_server.state.journal_entries import line
from mock_server.state.memory_accept import STEPS
from mock_server.state.memory_store import MemoryStore
from tests.builders import COMPLETE, SEED, RecordingDelivery, edition
from tests.clients import KEY, WAV, Mock, client, credits, extend, generate, make, poll, refusal

pytestmark = pytest.mark.anyio


NAMES = [each.name for each in checks()]


def made() -> Iterator[str]:
    """The names of the checks that some endpoint makes."""
    runtime: Runtime = Mock().app.state.runtime
    store, catalogue, track_maker = runtime.store, runtime.catalogue, runtime.track_maker
    admission = Admission(store, runtime.scenarios)
    opening = TaskOpening(store, SEED, runtime.personas, runtime.policy)
    finished = FinishedTrack(store, catalogue, track_maker)
    tracks = FindTrack(store, catalogue, track_maker, runtime.scenarios, runtime.tracks)
    served: list[ServedOperation] = [Extend(opening, tracks), Generate(opening), Credit("chat-credit", store)]
    every, kie = runtime.editions.profile.operations, edition("kie").profile.operations
    served += [
        Persona(finished, SEED),
        Started(every[WAV], opening, {FINISHED_TRACK: finished.checks()}),
        Started(kie["replace-section"], opening, {SECTION: Section(finished, Uploaded()).checks()}),
        RecordInfo(every["record-info"], runtime.editions.profile, store, catalogue, track_maker),
    ]
    for each in served:
        yield from each.own_checks
    yield from (*admission.of_post(), *admission.of_get())


def test_every_check_that_is_made_has_its_place_in_the_order() -> None:
    assert {"connection", *made(), "accepted"} == set(NAMES)


def test_what_is_left_to_the_store_has_its_place_too() -> None:
    assert STEPS.keys() < set(NAMES)


@given(st.sets(st.sampled_from(NAMES)))
def test_checks_are_made_in_the_order_of_the_list(names: set[str]) -> None:
    named: dict[str, Check] = {name: partial(Judgement.leave, step=name) for name in names}
    assert [*in_order(named)] == [named[name] for name in NAMES if name in named]


Reason = tuple[int, dict[str, Any], dict[str, Any]]
BEFORE: list[Reason] = [
    (401, {"headers": {"Authorization": ""}}, {}),
    (455, {}, {"maintenance": True}),
    (409, {"headers": {"Prefer": "code=409"}}, {}),
    (429, {}, {"rate_limit": "1/10"}),
    (422, {"prompt": 5}, {}),
]
"""Each refusal that every endpoint has, and what brings it about: by the request, by the settings."""
OF_SOURCE: list[Reason] = [(404, {"audioId": "unknown"}, {}), (422, {"model": "V5"}, {})]
AFTER: list[Reason] = [(404, {"personaId": "unknown"}, {}), (402, {}, {"credits": 0})]
ORDERS = {extend: [*BEFORE, *OF_SOURCE, *AFTER], generate: [*BEFORE, *AFTER]}
CASES = [
    pytest.param(ask, reasons[n:], id=f"{ask.__name__} {n}")
    for ask, reasons in ORDERS.items()
    for n in range(len(reasons))
]


@pytest.mark.parametrize(("ask", "reasons"), CASES)
async def test_an_earlier_check_decides(ask: Any, reasons: list[Reason]) -> None:
    changes: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for _, change, setting in reasons:
        changes = {**change, **changes}
        settings |= setting
    async with client(Mock(**settings).app) as http:
        if "rate_limit" in settings:
            await ask(http, {"Prefer": "code=200"})
        assert refusal(await ask(http, **changes), reasons[0][0])


@pytest.mark.parametrize("reading", ["refusal_status=mirror", "refusal_status=envelope"])
async def test_the_http_status_follows_the_reading(reading: str) -> None:
    async with client(Mock(readings=(reading,)).app) as http:
        response = await extend(http, {"Prefer": "code=429"})
        assert response.status_code == (429 if reading.endswith("mirror") else 200)
        assert response.json()["code"] == 429


async def test_code_500_is_http_500_as_apikley_documents() -> None:
    async with client(Mock().app) as http:
        response = await extend(http, {"Prefer": "code=500"})
        assert (response.status_code, response.json()["code"]) == (500, 500)


async def test_varying_readings_depend_on_the_seed_alone() -> None:
    async def statuses(seed: int) -> list[int]:
        async with client(Mock(seed=seed, readings={"all": "vary"}).app) as http:
            return [(await extend(http, {"Prefer": "code=409"})).status_code for _ in range(16)]

    assert await statuses(7) == await statuses(7)
    assert set(await statuses(7)) == {200, 409}
    assert await statuses(7) != await statuses(8)


class BrokenStore(MemoryStore):
    async def accept(self, proposal: Proposal) -> Answer | None:
        raise ZeroDivisionError


async def test_a_bug_is_answered_with_500_written_down_and_raised() -> None:
    store = BrokenStore(Settings(pace="manual"))
    app = create_app(store=store)
    for raised in (True, False):
        transport = httpx.ASGITransport(app, raise_app_exceptions=raised)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as http:
            if raised:
                with pytest.raises(ZeroDivisionError):
                    await http.post(path(EXTEND), headers=KEY)
            else:
                response = await http.post(path(EXTEND), headers=KEY)
    assert (response.status_code, response.json()["code"]) == (500, 500)
    assert response.json()["msg"].endswith("the mock itself failed; its standard error has the traceback")
    assert [entry.code for entry in await store.journal.page()] == [500, 500]


class ChangingStore(MemoryStore):
    """Settings change once, between the judging of a request and the decision on it."""

    def __init__(self, settings: Settings, changes: dict[str, Any]) -> None:
        super().__init__(settings)
        self.changing = changes

    async def accept(self, proposal: Proposal) -> Answer | None:
        changes, self.changing = self.changing, {}
        if changes:
            await self.change_settings(changes)
        return await super().accept(proposal)


@pytest.mark.parametrize("readings", ["", "all=vary"])
async def test_a_request_is_judged_anew_where_the_settings_change_meanwhile(readings: str) -> None:
    store = ChangingStore(Settings(pace="manual", readings=readings), {"maintenance": True})
    async with client(create_app(store=store)) as http:
        assert (await extend(http)).json()["code"] == 455
        await store.change_settings({"maintenance": False})
        await extend(http)
        records = await store.tasks("key")
        assert [record.ordinal for record in records] == [2]


async def test_a_trigger_is_judged_anew_where_the_settings_change_meanwhile() -> None:
    store = ChangingStore(Settings(pace="manual"), {"credits": 5})
    app = create_app(store=store, delivery=RecordingDelivery())
    await app.state.control.trigger("200", "http://127.0.0.1/callback", "key", {})
    assert [record.ordinal for record in await store.tasks("key")] == [1]


class RevokingStore(MemoryStore):
    """The key of a request is revoked between the judging of it and the decision on it."""

    async def accept(self, proposal: Proposal) -> Answer | None:
        if proposal.refusal is None:
            await self.change_key("key", {"revoked": True})
        return await super().accept(proposal)


async def test_a_key_that_is_revoked_meanwhile_is_401_and_has_no_account() -> None:
    store = RevokingStore(Settings(pace="manual"))
    async with client(create_app(store=store)) as http:
        refusal(await extend(http), 401)
    assert await store.keys() == []


class RestlessStore(MemoryStore):
    """A setting that decides nothing here changes while a request is judged, so that each is judged twice."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.seen: list[Call | None] = []

    async def accept(self, proposal: Proposal) -> Answer | None:
        if proposal.call not in self.seen:
            self.seen.append(proposal.call)
            await self.change_settings({"retention_days": len(self.seen)})
        return await super().accept(proposal)


async def conversation(store: MemoryStore) -> list[Any]:
    """What a client is told that asks every endpoint, and what the journal says of it."""
    app = create_app(store=store, delivery=RecordingDelivery())
    async with client(app) as http:
        await store.queue("key", "late", 1)
        told = [await extend(http), await generate(http), await extend(http, {"Prefer": "code=409"})]
        told += [await extend(http, prompt=5), await generate(http)]
        await app.state.control.advance(COMPLETE)
        task = (await store.tasks("key"))[1]
        told += [await make(http, each, task.id, task.tracks[0]) for each in (PERSONA, WAV, WAV)]
        told += [await poll(http, task.id), await credits(http)]
    return [
        [(each.status_code, each.content, each.headers.multi_items()) for each in told],
        [line(entry) for entry in await store.journal.page()],
        await store.account("key"),
    ]


@pytest.mark.parametrize("readings", ["", "all=vary"])
async def test_what_is_judged_twice_is_decided_once(readings: str) -> None:
    settings = Settings(pace="manual", readings=readings, rate_limit="3/10")
    calm, restless = MemoryStore(settings), RestlessStore(settings)
    assert await conversation(restless) == (expected := await conversation(calm))
    assert len(restless.seen) == 10
    assert [orjson.loads(content)["code"] for _, content, _ in expected[0]][:5] == [200, 200, 409, 422, 429]


async def test_drawn_readings_are_told() -> None:
    async with client(Mock(readings={"first_items": "vary", "text_items": "both"}).app) as http:
        accepted, refused = await extend(http), await extend(http, {"Prefer": "code=402"})
        told = {accepted.headers["suno-mock-readings"], refused.headers["suno-mock-readings"]}
        assert told <= {"first_items=one", "first_items=both"}
        polled = await poll(http, accepted.json()["data"]["taskId"])
        assert polled.headers["suno-mock-readings"] == accepted.headers["suno-mock-readings"]
        journal = (await http.get("/__admin/journal")).json()["entries"]
        assert journal[0]["readings"] == accepted.headers["suno-mock-readings"]
    async with client(Mock().app) as http:
        assert "suno-mock-readings" not in (await extend(http)).headers
