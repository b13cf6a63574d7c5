"""The plugin in test runs of its own, as a user's project has them."""

import pytest

pytest_plugins = ["pytester"]

JOURNEY = """
import httpx, json

BODY = {
    "defaultParamFlag": False, "audioId": "e231****-****-****-****-****8cadc7dc", "prompt": "", "model": "V4",
}

def extend(mock, receiver):
    answer = httpx.post(
        mock.url + "/api/v1/generate/extend", headers=mock.headers, json={**BODY, "callBackUrl": receiver.url}
    ).json()
    return answer
"""


def run(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    """A run of `pytest` over one file in a process of its own."""
    pytester.makepyfile(JOURNEY + test)
    return pytester.runpytest_subprocess("-p", "no:schemathesis", "-p", "no:cacheprovider", *options)


def test_a_whole_journey_needs_no_import(pytester: pytest.Pytester) -> None:
    test = """
def test_it(suno_mock, suno_receiver):
    task_id = extend(suno_mock, suno_receiver)["data"]["taskId"]
    assert suno_mock.clock.advance(180) == 3
    stages = [each.json()["data"]["callbackType"] for each in suno_receiver.wait_for(3)]
    assert stages == ["text", "first", "complete"]
    assert [each.outcome for each in suno_mock.wait_for_callbacks(task_id, 3)] == ["accepted"] * 3
    assert [each.task_id for each in suno_mock.requests] == [task_id]
    assert suno_mock.tasks()[0].status == "SUCCESS"
    assert suno_mock.redeliver(task_id, "text").outcome == "accepted"
    assert len(suno_mock.attempts) == 4
"""
    run(pytester, test).assert_outcomes(passed=1)


def test_every_test_begins_anew(pytester: pytest.Pytester) -> None:
    test = """
import pytest

@pytest.mark.parametrize("n", range(3))
def test_it(suno_mock, suno_receiver, n):
    assert suno_mock.entries == [] and suno_receiver.received == []
    assert suno_mock.clock.now() == 1735689600
    extend(suno_mock, suno_receiver)
    suno_mock.clock.advance(30)
    suno_receiver.answer = lambda received: 500
"""
    run(pytester, test).assert_outcomes(passed=3)
    run(pytester, test, "-n", "2").assert_outcomes(passed=3)


def test_nothing_that_a_test_changes_is_there_in_the_next(pytester: pytest.Pytester) -> None:
    test = """
import pytest

@pytest.mark.parametrize("n", range(2))
def test_it(suno_mock, suno_receiver, n):
    assert extend(suno_mock, suno_receiver)["code"] == 200
    assert suno_mock.clock.advance(30) == 1
    suno_mock.clock.run()
    suno_mock.change(revoked=True)
    suno_mock.fault("reset")
    suno_mock.queue("402", times=None)
    suno_mock.add_track("mine", "V4", 60)
    assert len(suno_mock.tracks()) == 7
"""
    run(pytester, test).assert_outcomes(passed=2)


def test_the_marker_sets_profile_pace_and_scenario(pytester: pytest.Pytester) -> None:
    test = """
import pytest

@pytest.mark.suno(profile="observed", pace="immediate", scenario="callback-501")
def test_it(suno_mock, suno_receiver):
    extend(suno_mock, suno_receiver)
    bodies = [each.json() for each in suno_receiver.wait_for(2)]
    assert [body["data"]["callbackType"] for body in bodies] == ["text", "error"]

def test_another(suno_mock, suno_receiver):
    suno_mock.queue("mock-429", times=2)
    assert [extend(suno_mock, suno_receiver)["code"] for _ in range(3)] == [429, 429, 200]
"""
    run(pytester, test, "--strict-markers").assert_outcomes(passed=2)


def test_a_failing_test_shows_the_journal(pytester: pytest.Pytester) -> None:
    test = """
def test_it(suno_mock, suno_receiver):
    suno_mock.queue("402")
    assert extend(suno_mock, suno_receiver)["code"] == 200

def test_nothing(suno_mock):
    assert False
"""
    result = run(pytester, test)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["*suno-mock journal*", "--> POST /api/v1/generate/extend  402 Insufficient Credits*", "(nothing)"]
    )


def test_the_marker_is_documented(pytester: pytest.Pytester) -> None:
    result = run(pytester, "", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.suno(profile=*"])


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        ('"observed"', "@pytest.mark.suno('observed') names no setting. suno(profile=..., pace=..., scenario=..."),
        ('profil="classic"', "setting 'profil' is unknown. Nearest: profile."),
    ],
)
def test_a_marker_that_says_nothing_is_an_error(pytester: pytest.Pytester, marker: str, text: str) -> None:
    test = f"import pytest\n@pytest.mark.suno({marker})\ndef test_it(suno_mock): pass\n"
    result = run(pytester, test)
    result.assert_outcomes(errors=1)
    assert text in result.stdout.str()


def test_the_journal_is_shown_when_another_fixture_fails(pytester: pytest.Pytester) -> None:
    test = """
import httpx, pytest

@pytest.fixture
def broken(suno_mock):
    httpx.get(suno_mock.url + "/api/v1/chat/credit", headers=suno_mock.headers)
    raise ValueError

def test_it(broken):
    pass
"""
    result = run(pytester, test)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*suno-mock journal*", "--> GET /api/v1/chat/credit  200 success"])


def test_markers_of_class_and_test_are_joined(pytester: pytest.Pytester) -> None:
    test = """
import pytest

@pytest.mark.suno(scenario="402", profile="observed")
class TestIt:
    @pytest.mark.suno(profile="classic")
    def test_it(self, suno_mock, suno_receiver):
        assert extend(suno_mock, suno_receiver)["code"] == 402
        assert suno_mock.read(suno_mock.control.settings()).profile == "classic"
"""
    run(pytester, test, "--strict-markers").assert_outcomes(passed=1)


def test_the_journal_shows_requests_without_a_key(pytester: pytest.Pytester) -> None:
    test = """
import httpx

def test_it(suno_mock):
    assert httpx.get(suno_mock.url + "/api/v1/chat/credit").json()["code"] == 200
"""
    run(pytester, test).stdout.fnmatch_lines(["*suno-mock journal*", "--> GET /api/v1/chat/credit  401 *"])
