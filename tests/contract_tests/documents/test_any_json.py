"""What may be anything is read, or is None."""

import pytest

from contract_tests.documents.any_json import parsed


@pytest.mark.parametrize(("raw", "value"), [(b'{"a": [1]}', {"a": [1]}), ('"x"', "x"), (b"null", None)])
def test_json_is_read(raw: bytes | str, value: object) -> None:
    assert parsed(raw) == value


@pytest.mark.parametrize("raw", [b"", b"<html>", b"\xff", b"[" * 100_000], ids=["nothing", "HTML", "no UTF-8", "deep"])
def test_what_is_no_json_is_none(raw: bytes) -> None:
    assert parsed(raw) is None
