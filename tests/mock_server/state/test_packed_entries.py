"""The journal's entries as JSON: each comes back as it was, with every byte."""

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from mock_server.domain.attempt import Outcome
from mock_server.domain.kept_answer import KeptAnswer
from mock_server.state.journal_entries import Entry, Requested
from mock_server.state.packed import packed, unpacked
from mock_server.state.packed_entries import entry, of_entry
from tests.builders import CREATED, EXTENDING, attempted, requested

ANSWER = KeptAnswer(status=204, headers=(("x", "\xff"),), body=b"\x00\xff", size=9)
ENTRIES = {
    "a request": requested(
        headers=[(b"x", b"\xff")], query=b"a=%ff\xff", body=b"\xfe", base_url="http://a", left_out=3
    ),
    "without a body": requested(body=None),
    "media": Requested.downloaded(CREATED, EXTENDING, 206, "part", {"content-length": "7"}),
    "no HTTP": Requested.misread(CREATED, "TLS", "hello"),
    "an attempt": attempted(body=b"{}", sent=(("a", "b"),), answer=ANSWER, redelivered=True),
    "without an answer": attempted(outcome=Outcome.TIMED_OUT),
}


def parts(value: Any) -> Any:
    """Everything that an entry consists of."""
    if is_dataclass(value):
        return {each.name: parts(getattr(value, each.name)) for each in fields(value)}
    return [parts(each) for each in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("written", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_comes_back(written: Entry) -> None:
    written.id = 7
    found = entry(unpacked(packed(of_entry(written))))
    assert type(found) is type(written)
    assert parts(found) == parts(written)
