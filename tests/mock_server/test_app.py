"""The whole application in process: bad input always gets one documented envelope, and starts nothing."""

import gzip
import json
import time
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from mock_server.app import create_app
from mock_server.commands.demo import EXTEND
from mock_server.contract.decode import BODY_LIMIT
from mock_server.control.control import Control
from mock_server.core.clock import MockClock
from mock_server.core.epoch import MANUAL_EPOCH
from mock_server.core.errors import BadSetting
from mock_server.core.settings import RateLimit, Settings
from mock_server.runtime import Runtime
from mock_server.state.entries_as_json import in_short
from mock_server.state.journal_entries import Entry
from mock_server.state.journal_match import Match
from mock_server.state.memory_store import MemoryStore
from tests.builders import RecordingDelivery, request, requested
from tests.clients import KEY, Mock, client
from tests.lacking import no_descriptor_left

pytestmark = pytest.mark.anyio

VALID = json.dumps(request())
JSON = {"Content-Type": "application/json"}
CODES = {200, 401, 402, 404, 409, 422, 429, 451, 455, 500}


def app(**options: Any) -> Any:
    return create_app(Settings(pace="manual", **options), delivery=RecordingDelivery())


def with_member(text: str) -> str:
    return VALID[:-1] + ", " + text + "}"


BODIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "body is not JSON: it is empty; allowed: one JSON object"),
    "cut": (VALID.encode()[:-1], "body is not JSON: EOF while parsing"),
    "trailing": (VALID.encode() + b"x", "body is not JSON: trailing characters"),
    "nan": (with_member('"x": NaN').encode(), "body is not JSON: expected value"),
    "infinity": (with_member('"x": -Infinity').encode(), "body is not JSON: "),
    "duplicate key": (with_member('"model": "V4"').encode(), 'body is not JSON: Detected duplicate key "model"'),
    "lone surrogate": (with_member('"x": "\\ud800"').encode(), "body is not JSON: unexpected end of hex escape"),
    "invalid utf-8": (with_member('"x": "é"').encode("latin-1"), "body is not JSON: it is not UTF-8: byte 0xe9"),
    "utf-16": (VALID.encode("utf-16-le"), "body is not JSON: it is in UTF-16, little endian; allowed: one JSON object"),
    "byte order mark": (VALID.encode("utf-8-sig"), "body is not JSON: it begins with a byte order mark of UTF-8; "),
    "gzip": (gzip.compress(VALID.encode()), "body is not JSON: it is compressed with gzip; allowed: one JSON object "),
    "deep nesting": (b"[" * 100_000, "body is not JSON: recursion limit exceeded"),
    "deep member": (with_member('"x": ' + "[" * 300 + "]" * 300).encode(), "recursion limit exceeded"),
    "huge number": (with_member('"x": ' + "9" * 5000).encode(), "body is not JSON: number out of range"),
    "null": (b"null", "body is null; allowed: a JSON object"),
    "list": (b"[]", "body is []; allowed: a JSON object"),
    "string": (b'"x"', 'body is "x"; allowed: a JSON object'),
    "null prompt": (json.dumps(request(prompt=None)).encode(), "prompt is null; allowed: a string"),
    "null weight": (json.dumps(request(styleWeight=None)).encode(), "styleWeight is null; allowed: a number"),
    "overflow": (VALID.replace("0.65", "1e400", 1).encode(), "styleWeight is Infinity; allowed: a number"),
    "text for a number": (json.dumps(request(continueAt="60")).encode(), 'continueAt is "60"; allowed: a number'),
    "number for a boolean": (json.dumps(request(defaultParamFlag=1)).encode(), "allowed: true or false"),
    "too large": (b" " * BODY_LIMIT + VALID.encode(), "body is too large; allowed: at most 1048576 bytes"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_bad_body_gets_a_clear_422(name: str) -> None:
    body, text = BODIES[name]
    mock = app()
    async with client(mock) as http:
        response = await http.post(EXTEND, content=body, headers=JSON)
        answer = response.json()
        assert (response.status_code, answer["code"]) == (200, 422)
        assert text in answer["msg"]
        assert await mock.state.control.advance(3600) == 0


async def test_a_compressed_body_is_named_and_can_be_sent_again() -> None:
    mock = app()
    async with client(mock) as http:
        body = gzip.compress(VALID.encode())
        response = await http.post(EXTEND, content=body, headers={**JSON, "Content-Encoding": "gzip"})
        assert (
            'body is not JSON: it is compressed with gzip, with the Content-Encoding "gzip"; ' in response.json()["msg"]
        )
        (entry,) = await mock.state.control.entries()
        curl = entry.curl("http://mock")
    assert "-H 'Content-Encoding: gzip'" in curl
    assert curl.startswith("printf '\\037\\213")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json; charset=latin-1"],
)
async def test_another_content_type_is_422(content_type: str) -> None:
    async with client(app()) as http:
        response = await http.post(EXTEND, content=VALID, headers={"Content-Type": content_type})
        assert response.json()["code"] == 422
        assert "; allowed: application/json, in UTF-8 (extend.contentType)" in response.json()["msg"]


@pytest.mark.parametrize("content_type", ["application/json;charset=utf-8", 'Application/JSON; Charset="UTF-8"'])
async def test_json_in_utf_8_is_accepted(content_type: str) -> None:
    async with client(app()) as http:
        response = await http.post(EXTEND, content=VALID, headers={"Content-Type": content_type})
        assert response.json()["code"] == 200


@pytest.mark.parametrize(
    "url",
    ["", "x", "//host/cb", "ftp://host/cb", "http://", "http:///cb", "http://host:99999/", "http://a b/", "mailto:a@b"],
)
async def test_a_callback_url_must_be_reachable_in_principle(url: str) -> None:
    async with client(app()) as http:
        response = await http.post(EXTEND, json=request(callBackUrl=url))
        assert response.json()["code"] == 422
        assert response.headers["suno-mock-rules"] in ("extend.callBackUrl.format", "extend.callBackUrl.http")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
bodies = st.one_of(
    st.binary(max_size=64),
    st.builds(
        lambda name, value: json.dumps({**request(), name: value}).encode(), st.sampled_from(list(request())), anything
    ),
)
headers = st.dictionaries(
    st.sampled_from(["Authorization", "Content-Type", "Prefer"]),
    st.one_of(st.sampled_from(["Bearer key", "application/json", "code=402"]), st.text('abc=;,"\\é ', max_size=12)),
)


@settings(max_examples=300, deadline=None)
@given(body=bodies, headers=headers)
async def test_any_request_gets_one_documented_envelope(body: bytes, headers: dict[str, str]) -> None:
    encoded = [(name.encode(), value.strip().encode("latin-1")) for name, value in ({**JSON, **KEY} | headers).items()]
    transport = httpx.ASGITransport(APP)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock") as http:
        response = await http.post(EXTEND, content=body, headers=encoded)
    answer = response.json()
    assert answer["code"] in CODES
    assert isinstance(answer["msg"], str)
    assert set(answer) == ({"code", "msg", "data"} if answer["code"] == 200 else {"code", "msg"})


APP = app(readings={"extra_properties": "accepted"})


async def shown(settings: Settings | None = None) -> object:
    """What the clock of a mock shows, and whether it stands still."""
    control: Control = create_app(settings).state.control
    return await control.store.moment()


async def test_the_clock_follows_the_settings() -> None:
    assert await shown() == (pytest.approx(time.time(), abs=60), False)
    assert await shown(Settings(epoch="1000000000")) == (pytest.approx(1000000000, abs=60), False)
    assert await shown(Settings(pace="manual")) == (MANUAL_EPOCH, True)
    assert await shown(Settings(pace="manual", epoch="5")) == (5, True)


async def test_shutdown_stops_the_scheduler_and_closes_the_delivery() -> None:
    delivery = RecordingDelivery()
    mock = create_app(Settings(pace="manual"), delivery=delivery)
    async with client(mock) as http:
        await http.post(EXTEND, json=request())
    entries = [in_short(entry) for entry in await mock.state.control.entries()]
    assert [entry.get("outcome") for entry in entries] == [None, "undelivered", "undelivered", "undelivered"]
    assert delivery.closed


async def test_the_mock_delivers_by_itself_unless_told_otherwise(closed_url: str) -> None:
    mock = create_app(Settings(pace="immediate", callback_timeout=5, readings=("retry_spacing=at_once",)))
    async with client(mock) as http:
        await http.post(EXTEND, json=request(callBackUrl=closed_url))
        await mock.state.control.wait_for(Match(kind="attempt", outcome="unreachable"), 12, 10)


async def test_every_setting_has_its_effect_on_construction() -> None:
    runtime: Runtime = create_app(
        Settings(seed=3, rate_limit="1/2", pace="10x", profile="classic", base_url="http://x/")
    ).state.runtime
    terms = await runtime.store.terms("key")
    assert (terms.settings.seed, terms.limit, terms.pace.speed) == (3, RateLimit(requests=1, seconds=2), 10)
    assert "V3_5" in {track.model for track in runtime.tracks.values()}
    assert runtime.base_url == "http://x"


async def test_the_listener_sees_every_entry() -> None:
    seen: list[Entry] = []
    mock = create_app(listener=seen.append)
    entry = requested()
    await mock.state.control.store.journal.append(entry)
    assert seen == [entry]


async def test_a_store_brings_its_settings_and_its_clock() -> None:
    store = MemoryStore(Settings(profile="classic", pace="manual"))
    mock = create_app(store=store)
    assert mock.state.control.store is store
    assert mock.state.control.editions.profile.name == "classic"
    assert create_app(store.settings, store=store).state.control.store is store


@pytest.mark.parametrize(
    "beside", [{"settings": Settings(seed=8)}, {"clock": MockClock(0)}], ids=["other settings", "a clock"]
)
def test_a_store_takes_no_settings_and_no_clock_but_its_own(beside: dict[str, Any]) -> None:
    with pytest.raises(BadSetting) as caught:
        create_app(store=MemoryStore(Settings()), **beside)
    assert str(caught.value) == (
        "the store has settings and a clock of its own. Allowed: a store, or settings and a clock."
    )


@pytest.mark.parametrize("profile", ["apikley", "classic", "observed"])
async def test_every_endpoint_of_a_profile_is_served(profile: str) -> None:
    mock = create_app(Settings(profile=profile), delivery=RecordingDelivery())
    async with client(mock) as http:
        for each in mock.state.control.editions.profile.operations.values():
            answer = await http.request(each.method, each.path)
            assert (answer.status_code, answer.json()["code"]) in ((200, 200), (200, 422)), each.name


async def test_a_path_with_a_prefix_is_found_by_routing() -> None:
    """Mounted under another application, the mock is asked by a longer path than its endpoints have."""
    outer = Starlette(routes=[Mount("/suno", app=app())])
    async with client(outer) as http:
        assert (await http.post(f"/suno{EXTEND}", json=request())).json()["code"] == 200


async def test_what_cannot_be_prepared_is_told() -> None:
    class Lacking(RecordingDelivery):
        async def ready(self) -> None:
            raise MemoryError

    app = create_app(delivery=Lacking())
    assert await app.prepare() == (
        "the mock cannot import what callbacks and the control plane need, and ends: it has no memory left"
    )


async def test_what_is_prepared_needs_no_descriptor() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        # The client itself imports something at its first request.
        assert (await http.get("/__admin/health")).status_code == 200
        assert await mock.app.prepare() == ""
        with no_descriptor_left():
            assert (await http.post("/__admin/reset", json={})).status_code == 204
