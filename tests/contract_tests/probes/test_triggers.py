"""How a target is brought to a code."""

import json

import pytest

from contract_tests.documents.published import Published
from contract_tests.probes.triggers import Trigger, mock_triggers, triggered

APIKLEY = Published.read("apikley")
BODY = {"audioId": "own", "callBackUrl": "$URL"}


@pytest.mark.parametrize(
    ("text", "code", "kind", "value"),
    [
        ("404=audio:no-such-id", "404", "audio", "no-such-id"),
        ("402=key-env:EMPTY_KEY", "402", "key-env", "EMPTY_KEY"),
        ("429=header:Prefer=code=429", "429", "header", "Prefer=code=429"),
        ("callback-501=audio:a:b", "callback-501", "audio", "a:b"),
    ],
)
def test_a_trigger_is_a_code_a_kind_and_a_value(text: str, code: str, kind: str, value: str) -> None:
    assert Trigger.parse(text) == Trigger(code=code, kind=kind, value=value)


@pytest.mark.parametrize("text", ["", "404", "404=", "404=audio", "404=audio:", "404=track:x", "x=audio:x", "=audio:x"])
def test_any_other_text_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"^.* is not CODE=KIND:VALUE\. Kinds: key-env, audio, header\. Example: "):
        Trigger.parse(text)


def test_a_header_needs_its_value() -> None:
    with pytest.raises(ValueError, match=r"^'429=header:Prefer' names no header's value\. Example: 429=header:"):
        Trigger.parse("429=header:Prefer")


def test_an_audio_trigger_changes_the_track() -> None:
    (probe,) = triggered([Trigger.parse("404=audio:gone")], BODY)
    assert json.loads(probe.body) == {**BODY, "audioId": "gone"}
    assert (probe.rule, set(probe.expected.codes), probe.key, probe.fails) == ("code.404", {404}, "own", None)


def test_a_header_trigger_sends_the_header() -> None:
    (probe,) = triggered([Trigger.parse("429=header:Prefer=code=429")], BODY)
    assert (dict(probe.headers), json.loads(probe.body)) == ({"Prefer": "code=429"}, BODY)


def test_a_key_trigger_takes_another_key() -> None:
    (probe,) = triggered([Trigger.parse("402=key-env:EMPTY_KEY")], BODY)
    assert (probe.key, dict(probe.headers)) == ("EMPTY_KEY", {})


def test_a_callback_trigger_is_accepted_and_then_fails() -> None:
    (probe,) = triggered([Trigger.parse("callback-501=audio:x")], BODY)
    assert (set(probe.expected.codes), probe.fails, probe.cost) == ({200}, 501, 1)


def test_the_mock_is_brought_to_every_documented_code() -> None:
    codes = {trigger.code for trigger in mock_triggers(APIKLEY)}
    callbacks = {f"callback-{code}" for code in APIKLEY.callback_codes}
    assert codes == ({str(code) for code in APIKLEY.codes} | callbacks) - {"200", "callback-200"}
