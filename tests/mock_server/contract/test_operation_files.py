"""The files that describe an operation each."""

from pathlib import Path

import pytest

from mock_server.contract.documents import Document
from mock_server.contract.operation_files import DOCUMENTED, FILE, described, described_names, file_of
from mock_server.core.errors import BadSetting


def test_an_operation_is_read_with_its_file_and_its_path() -> None:
    found = described(["wav", "extend"])
    assert [*found] == ["wav"]
    assert found["wav"][FILE] == str(file_of("wav"))
    assert found["wav"][DOCUMENTED] == found["wav"]["path"]
    assert "wav" in described_names()


def test_a_file_of_two_parts_is_one_document() -> None:
    document = Document.read(file_of("wav"))
    assert document.name == "openapi/operations/wav.yaml"
    assert {"operations", "paths", "rules"} <= set(document.tree)
    assert document.text[document.lines["rules",] - 1].startswith("rules:")
    assert document.lines["operations",] < document.lines["paths",]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "it cannot be read: "),
        ("operations: {a: [", "it cannot be read: "),
        ("[]", ":1: it describes no operation. Allowed: `operations:`, a name, and what it is."),
        ("operations: {a: {}}", ":1: it describes no operation. "),
    ],
)
def test_a_file_that_describes_nothing_is_refused(tmp_path: Path, text: str | None, why: str) -> None:
    file = tmp_path / "mine.yaml"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(BadSetting) as refused:
        described([], [str(file)])
    assert str(refused.value).startswith(str(file))
    assert why in str(refused.value)
