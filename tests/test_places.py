"""Places in documents are looked up in their text."""

from pathlib import Path

import pytest

from tests.places import APIKLEY, field_place, place

TESTS = Path(__file__).parent


@pytest.mark.parametrize(
    ("quote", "under", "line"),
    [
        pytest.param("operationId: extend", "", "      operationId: extend-music", id="in the whole file"),
        pytest.param("- prompt", "requestBody: > required:", "                - prompt", id="in a block"),
        pytest.param(
            "Required when defaultParamFlag is true",
            "requestBody: > style:",
            "                    - Required when `defaultParamFlag` is `true`.",
            id="without backticks",
        ),
    ],
)
def test_a_place_is_the_line_of_the_quote(quote: str, under: str, line: str) -> None:
    file, _, number = place(APIKLEY, quote, under=under).partition(":")
    assert (TESTS.parent / "openapi" / file).read_text("utf-8").splitlines()[int(number) - 1] == line


@pytest.mark.parametrize(
    ("quote", "under", "told"),
    [
        pytest.param("made up", "", "'made up' 0 times", id="not there"),
        pytest.param("type: string", "", "'type: string' ", id="there more than once"),
        pytest.param("- prompt", "requestBody: > title:", "'- prompt' 0 times", id="not in the block"),
        pytest.param("- prompt", "made up: > title:", "'made up:' 0 times", id="no such block"),
    ],
)
def test_a_place_that_is_not_one_fails(quote: str, under: str, told: str) -> None:
    with pytest.raises(AssertionError) as failed:
        place(APIKLEY, quote, under=under)
    assert f"{APIKLEY} has {told}" in str(failed.value)


def test_a_field_of_the_request_is_not_that_of_a_callback() -> None:
    request, callback = (
        int(found.partition(":")[2])
        for found in (field_place("prompt", "type:"), place(APIKLEY, "type:", under="callbacks: > prompt:"))
    )
    assert request < callback
