"""What a client changes that moves from one profile to another."""

from pathlib import Path

import pytest

from mock_server.contract.profile_diff import differences
from tests.mock_server.contract.test_profile_files import written


def told(one: str, other: str) -> dict[str, list[str]]:
    """The lines by heading."""
    found: dict[str, list[str]] = {}
    for line in differences(one, other):
        if not line.startswith(" "):
            found[line.rpartition(" (")[0]] = lines = []
        else:
            lines.append(line.strip())
    return found


def test_the_differences_are_told_by_subject() -> None:
    found = told("apikley", "classic")
    assert found["Paths that you call"] == [
        "persona: POST /api/v1/generate/generate-persona; classic has none",
        "chat-credit: GET /api/v1/chat/credit; classic has none",
        "generate-credit: new with classic: GET /api/v1/generate/credit",
    ]
    assert found["Models that you name"][0] == "V4_5ALL: chirp-auk-turbo, at most 480 s; classic has none"
    lengths = found["Longest texts that you send"]
    assert "prompt of extend with V5: at most 5000 characters -> at most 3000 characters" in lengths
    assert not any("V3_5" in line or "V4_5ALL" in line for line in lengths)
    assert not any(line.startswith("persona.") for line in found["Rules that your requests meet"])
    assert (
        "prompt_required: required in every request -> required only where the prose asks for it"
        in (found["What the documents leave open"])
    )


@pytest.mark.parametrize(
    ("text", "heading", "line"),
    [
        ("refusals: {rate: 409}", "Codes by which refusals are told apart", "rate: code 429 -> code 409"),
        ("codes: {402: Pay.}", "Texts of the codes of answers", "402: Insufficient Credits - "),
        ("callback_codes: {499: Gone.}", "Texts of the codes of callbacks", "499: new with mine: Gone."),
        (
            "stages: {text: {at: 3}}",
            "Stages",
            "text: 'Text generation completed.' after 30 s, TEXT_SUCCESS",
        ),
        ("callbacks: {headers: {X-A: b}}", "Headers of callbacks", "X-A: new with mine: b"),
        (
            "callbacks: {signature: {header: S, signs: '{body}', key: k}}",
            "Headers of callbacks",
            "signature: new with mine: S, of {body}",
        ),
        ("rate_limit: {requests: 2, seconds: 3}", "Numbers", "new tasks of an account: any number -> 2 within 3 s"),
        ("operations: {extend: {price: 3}}", "Numbers", "price of extend: 12 credits -> 3 credits"),
    ],
)
def test_every_kind_of_difference_is_told(tmp_path: Path, text: str, heading: str, line: str) -> None:
    found = told("apikley", written(tmp_path, f"format: 1\nextends: apikley\n{text}"))
    assert list(found) == [heading]
    assert found[heading][0].startswith(line)


def test_the_same_profile_is_no_change() -> None:
    assert told("observed", "observed") == {}
