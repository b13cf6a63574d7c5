"""How callbacks are signed, if the key is given."""

import hmac
import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.signature import FEW, KEY, KEYLESS, NAME, PATH, SIGNED, UNSIGNED, signature, signing
from contract_tests.reports.report import Asked
from tests.courses import GOOD, PUBLISHED, arrival, exchange, stage

SECRET = "a-key-of-the-server"
ENCODINGS = {"hex": bytes.hex, "base64": lambda digest: b64encode(digest).decode()}


def signed(signs: str, algorithm: str = "sha256", encoding: str = "hex", prefix: str = "", clock: str = "") -> Asked:
    """A task whose callbacks are signed so; the time is another one in each."""
    came = []
    for number, body in enumerate((stage("text"), stage("first"), stage("complete"))):
        raw, time = json.dumps(body).encode(), f"{1735689600 + number}"
        text = signs.replace("{task_id}", "5c79").replace("{timestamp}", time).encode().replace(b"{body}", raw)
        digest = ENCODINGS[encoding](hmac.new(SECRET.encode(), text, algorithm).digest())
        headers = {"X-Signature": prefix + digest, **({clock: time} if clock else {}), "Content-Length": "1234567890"}
        came.append(arrival(raw, headers=headers))
    return Asked(probe="one", exchange=exchange(GOOD, number=1), callbacks=tuple(came))


def found(*asked: Asked, key: str | None = SECRET, said: dict[str, Any] | None = None) -> list[Found]:
    family = {**PUBLISHED.family, "callbacks": {"signature": said}}
    return [*signature(asked, key, replace(PUBLISHED, family=family))]


@given(
    st.sampled_from([each for each in SIGNED if "{body}" in each]),
    st.sampled_from(["sha1", "sha256", "sha512"]),
    st.sampled_from(["hex", "base64"]),
    st.sampled_from(["", "sha256=", "v1,"]),
)
def test_any_way_to_sign_is_found(signs: str, algorithm: str, encoding: str, prefix: str) -> None:
    told = found(signed(signs, algorithm, encoding, prefix, clock="X-Timestamp"))
    lines = {each.path[-1]: each.value for each in told if isinstance(each, Line)}
    clock = "X-Timestamp" if "{timestamp}" in signs else None
    due = {"header": "X-Signature", "timestamp_header": clock, "signs": signs, "algorithm": algorithm}
    due |= {"encoding": encoding, "prefix": prefix, "key": KEY}
    assert lines == {name: value for name, value in due.items() if value}
    assert signing(told) == {"x-signature", *(["x-timestamp"] if clock else [])}


def twice(asked: Asked) -> Asked:
    """With the same signature in another header, too."""
    both = [replace(each, headers={"X-Other": each.headers["X-Signature"], **each.headers}) for each in asked.callbacks]
    return replace(asked, callbacks=tuple(both))


def test_a_signature_in_two_headers_is_that_of_the_profile_and_the_other_is_told() -> None:
    said = {"header": "X-Signature", "signs": "{body}", "algorithm": "sha256", "encoding": "hex", "key": "mine"}
    assert found(twice(signed("{body}")), said=said) == []
    header, *_ = found(twice(signed("{body}")))
    assert header == Line((*PATH, "header"), "X-Other", "once: request 1; header X-Signature fits as well")


def test_no_line_has_the_key() -> None:
    assert SECRET not in str(found(signed("{body}")))


def test_what_the_profile_says_is_no_line() -> None:
    said = {"header": "x-signature", "signs": "{body}", "algorithm": "sha256", "encoding": "hex", "key": "mine"}
    assert found(signed("{body}"), said=said) == []
    told = found(signed("{body}"), said={**said, "timestamp_header": "X-Timestamp", "encoding": "base64"})
    assert told == [
        Line(("callbacks", "signature", "timestamp_header"), None, "once: request 1"),
        Line(("callbacks", "signature", "encoding"), "hex", "once: request 1"),
    ]


@pytest.mark.parametrize(
    ("asked", "key", "said", "why"),
    [
        (signed("{body}"), None, None, KEYLESS),
        (signed("{body}"), "another-key", None, UNSIGNED),
        (signed("{body} and more"), SECRET, None, UNSIGNED),
        (Asked(probe="", exchange=exchange()), SECRET, {"header": "x"}, FEW),
        (Asked(probe="", exchange=exchange()), None, {"header": "x"}, KEYLESS),
    ],
)
def test_why_it_is_not_known(asked: Asked, key: str | None, said: dict[str, Any] | None, why: str) -> None:
    assert found(asked, key=key, said=said) == [Left(NAME, why)]


def test_of_what_nothing_looks_like_a_signature_nothing_is_said() -> None:
    plain = Asked(probe="", exchange=exchange(), callbacks=(arrival(stage("text")), arrival(stage("first"))))
    assert found(plain) == found(plain, key=None) == []


@pytest.mark.parametrize("value", ["a" * 60_000 + "!", "1" * 60_000])
def test_a_header_without_end_is_looked_at_in_bounded_time(value: str) -> None:
    bodies = (stage("text"), stage("first"), stage("complete"))
    came = tuple(arrival(body, headers={"X-Long": value}) for body in bodies)
    told = found(Asked(probe="one", exchange=exchange(GOOD, number=1), callbacks=came))
    assert told in ([], [Left(NAME, UNSIGNED)])
