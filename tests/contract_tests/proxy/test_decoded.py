"""A body without its coding, or why it has none."""

import gzip
import zlib

import pytest

from contract_tests.proxy.forward import CUT, TOO_LONG, decoded
from contract_tests.recording.message import LONGEST

ONE = gzip.compress(b"one", mtime=0)


@pytest.mark.parametrize(
    ("raw", "coding", "body"),
    [
        (ONE, "gzip", b"one"),
        (ONE + gzip.compress(b" two", mtime=0), " GZip ", b"one two"),
        (ONE + bytes(8), "gzip", b"one"),
        (zlib.compress(b"one"), "deflate", b"one"),
        (gzip.compress(b"", mtime=0), "gzip", b""),
        (gzip.compress(b"x" * LONGEST, mtime=0), "gzip", b"x" * LONGEST),
        (b"one", "identity", b"one"),
        (b"", "br", b""),
    ],
)
def test_a_whole_body_is_read(raw: bytes, coding: str, body: bytes) -> None:
    assert decoded(raw, coding) == (body, "")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (ONE[:-1], CUT),
        (ONE[:-9], CUT),
        (ONE + ONE[:12], CUT),
        (ONE + b"rest", "it cannot be decompressed: Error -3 while decompressing data: incorrect header check"),
        (gzip.compress(b"x" * (LONGEST + 1), mtime=0), TOO_LONG),
        (gzip.compress(b"x" * LONGEST, mtime=0) + ONE, TOO_LONG),
        (b"x" * (LONGEST + 1), TOO_LONG),
    ],
)
def test_what_is_not_whole_is_left_out_and_named(raw: bytes, why: str) -> None:
    assert decoded(raw, "gzip") == (b"", why)
