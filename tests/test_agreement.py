"""The mock against the oracle: what the mock accepts, answers and calls back conforms to the published document."""

import asyncio
import json
from collections.abc import Iterator
from statistics import mean

import httpx
import pytest
from hypothesis import given, settings

from contract_tests.documents.extend import EXTEND
from contract_tests.documents.oracle import JSON, Oracle
from mock_server.app import create_app
from mock_server.contract.decode import decode
from mock_server.contract.documents import OPENAPI
from mock_server.contract.examples import documented_request
from mock_server.contract.scenarios import Scenarios
from mock_server.core.settings import Settings
from mock_server.domain.callback_body import body
from tests.bodies import WRONG, bodies, changed
from tests.builders import TRACK_MAKER, RecordingDelivery, edition, generated, task

PROFILES = ("apikley", "classic")
ORACLES = {profile: Oracle(OPENAPI / f"{profile}.openapi.yaml") for profile in PROFILES}
HEADERS = {"Authorization": "Bearer key", "Content-Type": JSON}
WEIGHTS = ("styleWeight", "weirdnessConstraint", "audioWeight")
SCHEMA_RULES = (".type", ".required", ".enum", ".minimum", ".maximum", ".multipleOf")
CODES = (200, 401, 402, 404, 409, 422, 429, 451, 455, 500)
CALLED_BACK = [each.name for each in Scenarios.read() if each.answer is None]
NOT_OBJECTS = [b"", b"{", b"[]", b"null", b'"text"', b"NaN", b"\xff", b"[" * 10_000, b'{"prompt":"\\ud800"}']
EXAMPLES = settings(max_examples=300, deadline=None)

each_profile = pytest.mark.parametrize("profile", PROFILES)


def accepts(profile: str, text: str) -> bool:
    """Whether the mock's contract does."""
    decoded = decode("extend", JSON, text.encode())
    return decoded.refusal is None and edition(profile).contract("extend").accepts(decoded.value)


def contradictions(profile: str, text: str) -> list[str]:
    """What the oracle has against a body that the mock accepts, or the schema rules that only the mock sees broken."""
    problems = ORACLES[profile].request(text, HEADERS)
    if accepts(profile, text):
        return problems
    rules = [each.rule for each in edition(profile).contract("extend").violations(json.loads(text))]
    return [] if problems else [rule for rule in rules if rule.endswith(SCHEMA_RULES)]


class Mock:
    """One mock in process, for synchronous tests."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self._loop = asyncio.Runner()
        self._delivery = RecordingDelivery()
        app = create_app(Settings(profile=profile, pace="manual"), delivery=self._delivery)
        self._control = app.state.control
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock", headers=HEADERS)

    def exchange(self, content: str | bytes, prefer: str = "") -> tuple[httpx.Response, list[bytes]]:
        """The answer to a request, and the callbacks that follow."""
        self._delivery.sent.clear()
        response = self._loop.run(self._http.post(EXTEND, content=content, headers={"Prefer": prefer}))
        self._loop.run(self._control.advance(3600))
        return response, [callback for _, callback in self._delivery.sent]

    def close(self) -> None:
        self._loop.run(self._http.aclose())
        self._loop.close()


@pytest.fixture(scope="module", params=PROFILES)
def mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    opened = Mock(request.param)
    yield opened
    opened.close()


def problems(profile: str, response: httpx.Response) -> list[str]:
    """What the oracle has against an answer."""
    return ORACLES[profile].answer(response.status_code, response.headers["content-type"], response.content)


@each_profile
def test_no_body_is_judged_contradictorily(profile: str) -> None:
    accepted: list[bool] = []

    @EXAMPLES
    @given(bodies(profile))
    def agree(text: str) -> None:
        accepted.append(accepts(profile, text))
        assert contradictions(profile, text) == []

    agree()
    assert 0.25 < mean(accepted) < 0.95


@each_profile
@pytest.mark.parametrize("custom", [True, False])
def test_no_single_fault_is_judged_contradictorily(custom: bool, profile: str) -> None:
    example = documented_request(profile) | ({} if custom else {"defaultParamFlag": False, "personaId": ...})
    texts = [json.dumps(changed(example, {name: wrong})) for name in [*example, "customMode"] for wrong in WRONG]
    assert [(text, found) for text in texts if (found := contradictions(profile, text))] == []


@each_profile
def test_all_legal_weights_are_accepted_by_both(profile: str) -> None:
    for percent in range(101):
        text = json.dumps(documented_request(profile) | dict.fromkeys(WEIGHTS, percent / 100))
        assert accepts(profile, text), text
        assert ORACLES[profile].request(text, HEADERS) == []


@each_profile
@pytest.mark.parametrize("field", WEIGHTS)
@pytest.mark.parametrize("weight", [0.655, 0.001, 0.999, 0.0699999, 0.07000000000000002, -0.01, 1.01, 1e300, 10**40])
def test_other_weights_are_refused_by_both(field: str, weight: float, profile: str) -> None:
    text = json.dumps(documented_request(profile) | {field: weight})
    assert not accepts(profile, text)
    assert ORACLES[profile].request(text, HEADERS)[0].startswith(f"$.{field}: ")


@each_profile
def test_only_the_oracle_sees_digits_beyond_a_double(profile: str) -> None:
    """The mock reads numbers as doubles, the oracle as they are written: no other difference is known."""
    text = json.dumps(documented_request(profile)).replace("0.65", "0.6500000000000000001", 1)
    assert accepts(profile, text)
    assert ORACLES[profile].request(text, HEADERS) == ["$.styleWeight: 0.6500000000000000001 is not a multiple of 0.01"]


def test_answers_and_callbacks_to_any_body_conform(mock: Mock) -> None:
    called_back: list[bool] = []

    @EXAMPLES
    @given(bodies(mock.profile))
    def conform(text: str) -> None:
        response, callbacks = mock.exchange(text)
        called_back.append(bool(callbacks))
        assert response.status_code == 200, response.text
        assert problems(mock.profile, response) == []
        assert [ORACLES[mock.profile].callback(each) for each in callbacks] == [[]] * len(callbacks)

    conform()
    assert mean(called_back) > 0.1


@pytest.mark.parametrize("content", NOT_OBJECTS)
def test_answers_to_what_is_no_object_conform(content: bytes, mock: Mock) -> None:
    response, callbacks = mock.exchange(content)
    assert ORACLES[mock.profile].request(content, HEADERS)
    assert (response.json()["code"], problems(mock.profile, response), callbacks) == (422, [], [])


@pytest.mark.parametrize("code", CODES)
def test_every_forced_code_conforms(code: int, mock: Mock) -> None:
    response, _ = mock.exchange(json.dumps(documented_request(mock.profile)), prefer=f"code={code}")
    assert (response.json()["code"], problems(mock.profile, response)) == (code, [])


@each_profile
@pytest.mark.parametrize("scenario", CALLED_BACK)
def test_every_callback_of_a_scenario_conforms(scenario: str, profile: str) -> None:
    owed = task(scenario=scenario, under=edition(profile))
    for step in owed.scenario.steps():
        expected = ["the body is not JSON in UTF-8"] if step.cut else []
        found = ORACLES[profile].callback(body(owed, step, TRACK_MAKER))
        assert [problem.partition(":")[0] for problem in found] == expected


@each_profile
@pytest.mark.parametrize("scenario", CALLED_BACK)
def test_generate_calls_back_as_extend_does(scenario: str, profile: str) -> None:
    owed = generated(scenario=scenario, under=edition(profile))
    for step in owed.scenario.steps():
        if not step.cut:
            assert ORACLES[profile].callback(body(owed, step, TRACK_MAKER)) == []
