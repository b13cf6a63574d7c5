"""Curls as texts; that they work when they are pasted is tested with the journal's entries."""

import pytest

from mock_server.domain.curl import curl, text_of, word

URL = "http://127.0.0.1:4010/cb"


def test_the_headers_of_a_response_are_asked_for_with_head() -> None:
    assert curl("HEAD", URL, None, {}, None) == f"curl -sS -g -I {URL}"


def test_a_public_key_is_written_out() -> None:
    assert curl("GET", URL, "test-key", {}, None) == f"curl -sS -g -X GET {URL} -H 'Authorization: Bearer test-key'"


def test_any_other_key_is_left_to_the_environment() -> None:
    assert "secret" not in curl("GET", URL, "secret", {}, None)


@pytest.mark.parametrize(("body", "text"), [(None, None), (b"", None), (b"\xff", None), ("é".encode(), "é")])
def test_a_body_is_a_text_or_none(body: bytes | None, text: str | None) -> None:
    assert text_of(body) == text


@pytest.mark.parametrize(("text", "written"), [("=ls", "'=ls'"), ("a=b", "a=b"), ("= x", "'= x'"), ("", "''")])
def test_no_shell_expands_a_word(text: str, written: str) -> None:
    assert word(text) == written
