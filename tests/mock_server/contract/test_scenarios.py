"""Scenario files, and the ways in which a request asks for one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.profile_files import profile_names
from mock_server.contract.scenarios import MAGIC, STAGES, Choice, Failure, Scenario, Scenarios, Step, cause, preferences
from mock_server.core.errors import BadSetting, Invalid
from tests.builders import SCENARIOS, edition

ALL = list(SCENARIOS)
NAMES = [scenario.name for scenario in ALL]
tokens = st.text("abcdefghijklmnopqrstuvwxyz-_0123456789*!", min_size=1, max_size=8)


def chosen(prefer: str = "", audio_id: object = "a", key: str = "k") -> Choice:
    return SCENARIOS.chosen(prefer, audio_id, key) or Choice(scenario=SCENARIOS.named("200"))


@pytest.mark.parametrize("profile", profile_names())
def test_every_answer_is_documented(profile: str) -> None:
    answers = {scenario.answer for scenario in ALL if scenario.answer is not None}
    codes = edition(profile).profile.codes
    assert answers | {200} <= set(codes)
    assert {f"{code}" for code in codes} <= {each.name for each in Scenarios.read(codes)}


@pytest.mark.parametrize("profile", profile_names())
def test_every_failure_is_documented(profile: str) -> None:
    failures = {scenario.fails.code for scenario in ALL if scenario.fails is not None}
    codes = edition(profile).profile.callback_codes
    assert failures | {200} <= set(codes)
    assert {f"callback-{code}" for code in codes} <= {each.name for each in Scenarios.read({}, codes)}


@pytest.mark.parametrize("scenario", ALL, ids=NAMES)
def test_a_code_is_its_name(scenario: Scenario) -> None:
    if scenario.answer is not None:
        assert scenario.name == str(scenario.answer)
    if scenario.fails is not None and not scenario.outside:
        assert scenario.name == f"callback-{scenario.fails.code}"
    assert scenario.summary.endswith(".")


@pytest.mark.parametrize("scenario", ALL, ids=NAMES)
def test_every_step_is_a_stage(scenario: Scenario) -> None:
    assert {step.stage for step in scenario.steps()} <= set(STAGES)
    assert scenario.shape == (scenario.callbacks is not None)


def test_answers_are_listed_first() -> None:
    codes = [name for name in NAMES if name.isdigit()]
    callbacks = [name for name in NAMES if name.startswith("callback-")]
    others = {*NAMES} - {*codes, *callbacks}
    assert [*sorted(codes), *sorted(callbacks), *sorted(others)] == NAMES


def test_a_file_is_read_whole() -> None:
    scenarios = Scenarios.read()
    assert scenarios.named("callback-531").fails == Failure(
        instead_of="complete", code=531, status="GENERATE_AUDIO_FAILED", refund=True
    )
    assert scenarios.named("malformed").steps() == (
        Step(stage="text"),
        Step(stage="first", cut=True),
        Step(stage="complete"),
    )


@pytest.mark.parametrize(
    ("name", "reached", "owed"),
    [
        pytest.param("200", ["text", "first", "complete"], ["text", "first", "complete"], id="success"),
        pytest.param("callback-400", [], ["text"], id="a failure before text"),
        pytest.param("callback-501", ["text"], ["text", "first"], id="a failure before first"),
        pytest.param("callback-531", ["text", "first"], ["text", "first", "complete"], id="a failure before complete"),
        pytest.param("silent", ["text", "first", "complete"], [], id="no callback"),
        pytest.param("only-complete", ["text", "first", "complete"], ["complete"], id="one callback"),
    ],
)
def test_a_scenario_owes_its_callbacks(name: str, reached: list[str], owed: list[str]) -> None:
    scenario = SCENARIOS.named(name)
    assert list(scenario.reached()) == reached
    assert [step.stage for step in scenario.steps()] == owed


def test_an_unknown_scenario_is_refused() -> None:
    with pytest.raises(BadSetting) as refused:
        SCENARIOS.named("dublicate")
    assert str(refused.value) == (
        f"scenario 'dublicate' is unknown. Nearest: duplicate. Known: {', '.join(sorted(NAMES))}."
    )


def test_without_asking_all_is_well() -> None:
    assert SCENARIOS.chosen("", "a", "k") is None


@pytest.mark.parametrize(
    ("prefer", "name", "applied"),
    [
        pytest.param("code=402", "402", "code=402", id="a code"),
        pytest.param('Code = "402"', "402", "code=402", id="quoted, in another case, with spaces"),
        pytest.param("code=501", "callback-501", "code=501", id="a callback's code"),
        pytest.param("code=500", "500", "code=500", id="an answer's code before a callback's"),
        pytest.param("scenario=late", "late", "scenario=late", id="a scenario"),
        pytest.param("respond-async, scenario=late", "late", "scenario=late", id="after another preference"),
        pytest.param("scenario=late, code=402", "late", "scenario=late", id="the first of two"),
        pytest.param("respond-async; code=402", "200", "", id="a parameter is no preference"),
        pytest.param("wait=100", "200", "", id="another preference"),
    ],
)
def test_a_preference_chooses(prefer: str, name: str, applied: str) -> None:
    choice = chosen(prefer)
    assert (choice.scenario.name, choice.applied) == (name, applied)


@pytest.mark.parametrize("scenario", ALL, ids=NAMES)
def test_every_trigger_works(scenario: Scenario) -> None:
    for trigger in scenario.triggers():
        kind, _, value = trigger.partition(" ")
        asked = {"Prefer:": "prefer", "audioId": "audio_id", "key": "key"}[kind]
        assert chosen(**{asked: value}).scenario.name == scenario.name


@pytest.mark.parametrize("scenario", ALL, ids=NAMES)
def test_a_code_is_offered_where_the_name_has_one(scenario: Scenario) -> None:
    coded = scenario.name.isdigit() or scenario.name.startswith("callback-")
    assert (f"Prefer: code={scenario.name}" in scenario.triggers()) == coded


@settings(max_examples=60)
@given(*(st.sampled_from(NAMES),) * 3)
def test_a_preference_beats_magic_values(preferred: str, audio: str, key: str) -> None:
    assert chosen(f"scenario={preferred}", MAGIC + audio, MAGIC + key).scenario.name == preferred
    assert chosen("", MAGIC + audio, MAGIC + key).scenario.name == audio
    assert chosen("", "a", MAGIC + key).scenario.name == key


@pytest.mark.parametrize(
    ("prefer", "text"),
    [
        pytest.param(
            "code=999",
            "Prefer: code=999 names no scenario; allowed: the names that `suno-mock scenarios` lists. (mock.prefer)",
            id="a code that is far from all",
        ),
        pytest.param(
            "scenario=latte",
            "Prefer: scenario=latte names no scenario; allowed: the names that `suno-mock scenarios` lists. "
            "Nearest: late. (mock.prefer)",
            id="a scenario with a typing error",
        ),
        pytest.param(
            "scenario=501",
            "Prefer: scenario=501 names no scenario; allowed: the names that `suno-mock scenarios` lists. "
            "Nearest: 500. (mock.prefer)",
            id="a callback's code is no scenario",
        ),
        pytest.param(
            "code",
            "Prefer: code= names no scenario; allowed: the names that `suno-mock scenarios` lists. (mock.prefer)",
            id="a code without a value",
        ),
    ],
)
def test_a_wrong_preference_is_refused(prefer: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        chosen(prefer)
    assert refused.value.msg == text


def test_a_wrong_magic_key_is_refused() -> None:
    assert SCENARIOS.chosen("", "a", "mock-silnt") is None
    assert SCENARIOS.unknown_key("mock-silnt").msg == (
        "the key begins with 'mock-', which names a scenario, and 'silnt' is none. Nearest: silent. "
        "`suno-mock scenarios` lists them; any other non-empty key works."
    )


@pytest.mark.parametrize("audio_id", ["mock-none", "402", None, 402, ["mock-402"]])
def test_other_audio_ids_choose_nothing(audio_id: object) -> None:
    assert chosen(audio_id=audio_id).scenario.name == "200"


@pytest.mark.parametrize(
    ("audio_id", "magic"),
    [("mock-402", True), ("mock-late", True), ("mock-none", False), ("402", False), ("mock-", False)],
)
def test_magic_audio_ids_are_known(audio_id: str, magic: bool) -> None:
    assert SCENARIOS.is_magic(audio_id) == magic


@pytest.mark.parametrize(
    ("header", "found"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("code=402", [("code", "402")], id="one"),
        pytest.param("Code=402", [("code", "402")], id="a name in another case"),
        pytest.param("code = 402", [("code", "402")], id="spaces around the sign"),
        pytest.param("respond-async", [("respond-async", "")], id="no value"),
        pytest.param('code=""', [("code", "")], id="an empty value"),
        pytest.param("a=1, b=2,c=3", [("a", "1"), ("b", "2"), ("c", "3")], id="several"),
        pytest.param(" , a=1,, b", [("a", "1"), ("b", "")], id="empty elements"),
        pytest.param("a=1; code=402; x, b", [("a", "1"), ("b", "")], id="parameters"),
        pytest.param('a; code="402"', [("a", "")], id="a quoted parameter"),
        pytest.param('a="b, code=402", c', [("a", "b, code=402"), ("c", "")], id="a comma in quotes"),
        pytest.param(r'a="b\", code=402"', [("a", r"b\", code=402")], id="an escaped quote"),
        pytest.param('code="402', [("code", "")], id="a quote that stays open"),
    ],
)
def test_preferences_are_found(header: str, found: list[tuple[str, str]]) -> None:
    assert preferences(header) == found


@settings(max_examples=150)
@given(st.lists(st.tuples(tokens, tokens, st.booleans(), st.lists(tokens, max_size=2))))
def test_written_preferences_are_read(written: list[tuple[str, str, bool, list[str]]]) -> None:
    header = ", ".join(
        "; ".join([f'{name}="{value}"' if quoted else f"{name}={value}", *parameters])
        for name, value, quoted, parameters in written
    )
    assert preferences(header) == [(name, value) for name, value, _, _ in written]


@settings(max_examples=150)
@given(st.text('abc=,;" \\'))
def test_any_header_is_read(header: str) -> None:
    for name, _ in preferences(header):
        assert name.strip() == name != ""


@pytest.mark.parametrize("part", ["a", '"', "a ", 'a="', '\\"', "a;", "a,", "; "])
def test_long_headers_are_no_trap(part: str) -> None:
    """Time that grew with the square of the length would be noticed here, with its cube never end."""
    assert len(preferences(part * 30_000 + '"')) <= 30_000


def test_an_undeliverable_task_is_finished_and_not_told() -> None:
    (lost,) = [scenario for scenario in ALL if scenario.lost]
    assert (lost.name, lost.steps(), lost.reached()) == ("undeliverable", (), STAGES)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("402", "by itself: "),
        ("undeliverable", "by itself: a receiver that is down, refuses or hangs through all retries of complete"),
        ("451", "never by itself: "),
        ("late", "a course of callbacks to survive; never by itself"),
        ("undocumented-failed", "never by itself, and in no document: no document has the status FAILED"),
        ("success-without-urls", "never by itself, and in no document: no document lets a URL be null"),
        ("record-behind", "never by itself: the record of the mock is never behind its callbacks"),
    ],
)
def test_a_scenario_tells_its_cause(name: str, told: str) -> None:
    assert cause(SCENARIOS.named(name)).startswith(told)


@pytest.mark.parametrize(
    ("name", "steps", "reached"),
    [
        pytest.param("200", ["complete"], ("complete",), id="plain"),
        pytest.param("callback-400", ["complete"], (), id="a failure before text"),
        pytest.param("callback-531", ["complete"], (), id="a failure before complete"),
        pytest.param("out-of-order", ["complete"], ("complete",), id="a course of callbacks"),
        pytest.param("silent", [], ("complete",), id="no callbacks"),
    ],
)
def test_a_task_of_one_stage_goes_through_it_alone(name: str, steps: list[str], reached: tuple[str, ...]) -> None:
    scenario = Scenarios.read().named(name).on(["complete"])
    assert [each.stage for each in scenario.steps()] == steps
    assert scenario.reached() == reached
    assert (scenario.failure_at("complete") is None) == bool(reached)
    assert Scenarios.read().named(name).on(STAGES).stages == STAGES
