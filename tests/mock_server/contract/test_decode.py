"""Bytes of a request: what is JSON, what is not, and what the refusal says."""

import bz2
import gzip
import json
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.decode import BODY_LIMIT, bearer, decode, is_json
from mock_server.contract.operations import operations

JSON = "application/json"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


OPERATIONS = [each.name for each in operations().values() if each.method == "POST"]


def refusal(body: bytes | None, content_type: str = JSON, encoding: str = "") -> str:
    refused = decode("extend", content_type, body, encoding).refusal
    assert refused is not None
    return refused.msg


@settings(max_examples=150, deadline=None)
@given(json_values, st.booleans())
def test_json_is_decoded(value: Any, ascii_only: bool) -> None:
    decoded = decode("extend", JSON, json.dumps(value, ensure_ascii=ascii_only).encode())
    assert (decoded.value, decoded.refusal) == (value, None)


@settings(max_examples=150, deadline=None)
@given(st.binary())
def test_any_bytes_are_judged(body: bytes) -> None:
    decoded = decode("extend", JSON, body)
    if decoded.refusal is not None:
        assert decoded.refusal.rules == ("extend.body.json",)
        assert decoded.value is None


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        pytest.param(b"", "it is empty", id="empty"),
        pytest.param(b" \r\n", "it is empty", id="blank"),
        pytest.param(b"{", "EOF while parsing an object at line 1 column 1", id="cut"),
        pytest.param(b"[1,]", "trailing comma at line 1 column 4", id="a trailing comma"),
        pytest.param(b"{} x", "trailing characters at line 1 column 4", id="more after the value"),
        pytest.param(b"{'a': 1}", "key must be a string at line 1 column 2", id="single quotes"),
        pytest.param(b"a=1&b=2", "expected value at line 1 column 1", id="a form"),
        pytest.param(b'{"a": NaN}', "expected value at line 1 column 7", id="NaN"),
        pytest.param(b'{"a": 01}', "invalid number at line 1 column 8", id="a leading zero"),
        pytest.param(b'"\xff"', "it is not UTF-8: byte 0xff at 1", id="another encoding"),
        pytest.param(b'"\\udc00"', "lone leading surrogate in hex escape at line 1 column 7", id="half a character"),
        pytest.param(b'{"a": 1, "a": 2}', 'Detected duplicate key "a" at line 1 column 14', id="a key twice"),
        pytest.param(b"[" * 1000, "recursion limit exceeded at line 1 column 202", id="deeply nested"),
    ],
)
def test_no_json_says_where(body: bytes, wrong: str) -> None:
    said = f"body is not JSON: {wrong}; allowed: one JSON object in UTF-8, each key once (extend.body.json)"
    assert refusal(body) == said


OBJECT = json.dumps({"a": "é"}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "encoding", "wrong"),
    [
        pytest.param(
            gzip.compress(b"{}"), "gzip", 'it is compressed with gzip, with the Content-Encoding "gzip"', id="gzip"
        ),
        pytest.param(gzip.compress(b"{}"), "", "it is compressed with gzip", id="gzip without a word"),
        pytest.param(zlib.compress(b"{}"), "", "it is compressed with deflate", id="deflate"),
        pytest.param(zlib.compress(b"{}", 0), "", "it is compressed with deflate", id="deflate of nothing"),
        pytest.param(zlib.compress(b"{}", 9), "", "it is compressed with deflate", id="deflate of all"),
        pytest.param(
            b"\x28\xb5\x2f\xfd\x04", "zstd", 'it is compressed with zstd, with the Content-Encoding "zstd"', id="zstd"
        ),
        pytest.param(
            b"\x8b\x00\x80{}\x03",
            "br",
            'it is not UTF-8: byte 0x8b at 0, with the Content-Encoding "br"',
            id="brotli",
        ),
        pytest.param(b"", "gzip", 'it is empty, with the Content-Encoding "gzip"', id="nothing"),
        pytest.param(
            OBJECT.encode("utf-8-sig"), "", "it begins with a byte order mark of UTF-8", id="a byte order mark"
        ),
        pytest.param(BOM_UTF16_LE + b"{\0", "", "it is in UTF-16, little endian, with a byte order mark", id="16 LE"),
        pytest.param(BOM_UTF16_BE + b"\0{", "", "it is in UTF-16, big endian, with a byte order mark", id="16 BE"),
        pytest.param(
            BOM_UTF32_LE + b"{\0\0\0", "", "it is in UTF-32, little endian, with a byte order mark", id="32 LE"
        ),
        pytest.param(BOM_UTF32_BE + b"\0\0\0{", "", "it is in UTF-32, big endian, with a byte order mark", id="32 BE"),
        pytest.param(OBJECT.encode("utf-16-le"), "", "it is in UTF-16, little endian", id="16 LE alone"),
        pytest.param(OBJECT.encode("utf-16-be"), "", "it is in UTF-16, big endian", id="16 BE alone"),
        pytest.param(OBJECT.encode("utf-32-le"), "", "it is in UTF-32, little endian", id="32 LE alone"),
        pytest.param(bz2.compress(b"{}"), "", "it is compressed with bzip2", id="bzip2"),
        pytest.param(OBJECT.encode("utf-32-be"), "", "it is in UTF-32, big endian", id="32 BE alone"),
    ],
)
def test_how_a_body_is_written_is_named(body: bytes, encoding: str, wrong: str) -> None:
    assert refusal(body, encoding=encoding) == (
        f"body is not JSON: {wrong}; allowed: one JSON object in UTF-8, each key once, neither compressed nor with a "
        "byte order mark (extend.body.json)"
    )


def test_bytes_that_are_no_utf8_are_named() -> None:
    assert refusal('{"prompt": "für"}'.encode("latin-1")) == (
        "body is not JSON: it is not UTF-8: byte 0xfc at 13; allowed: one JSON object in UTF-8, each key once "
        "(extend.body.json)"
    )


@pytest.mark.parametrize("encoding", ["gzip", "identity", "utf-8"])
def test_a_content_encoding_does_no_harm_where_the_body_is_json(encoding: str) -> None:
    assert decode("extend", JSON, b"{}", encoding).value == {}


@given(json_values, st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]))
def test_no_object_in_another_encoding_is_a_riddle(value: Any, encoding: str) -> None:
    assert "; allowed: " in refusal(json.dumps({"value": value}).encode(encoding))
    assert refusal(json.dumps({"value": value}).encode(encoding)).startswith("body is not JSON: it is in UTF-")


def test_a_long_key_is_cut() -> None:
    key = b'"%b": 1' % (b"k" * 5000)
    assert len(refusal(b"{%b, %b}" % (key, key))) < 300


def test_a_large_body_is_refused() -> None:
    assert refusal(None) == f"body is too large; allowed: at most {BODY_LIMIT} bytes (extend.body.size)"


@pytest.mark.parametrize(
    ("content_type", "came"),
    [
        pytest.param("", "missing", id="no header"),
        pytest.param("text/plain", '"text/plain"', id="a text"),
        pytest.param("application/json; charset=latin-1", '"application/json; charset=latin-1"', id="another charset"),
        pytest.param("x" * 80, f'"{"x" * 59}... (82 characters)', id="a long header"),
    ],
)
def test_another_content_type_is_refused(content_type: str, came: str) -> None:
    said = f"Content-Type is {came}; allowed: application/json, in UTF-8 (extend.contentType)"
    assert refusal(b"{}", content_type) == said


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("content_type", "body", "rule"),
    [("", b"{}", "contentType"), (JSON, None, "body.size"), (JSON, b"{", "body.json")],
)
def test_a_refusal_names_the_operations_rule(content_type: str, body: bytes | None, rule: str, operation: str) -> None:
    refused = decode(operation, content_type, body).refusal
    assert refused is not None
    assert refused.rules == (f"{operation}.{rule}",)


@pytest.mark.parametrize(
    ("content_type", "json"),
    [
        pytest.param("application/json", True, id="alone"),
        pytest.param("Application/JSON", True, id="in another case"),
        pytest.param(" application/json ; Charset=UTF-8 ", True, id="with spaces"),
        pytest.param('application/json;charset="utf-8"', True, id="quoted"),
        pytest.param("application/json;charset=utf8", True, id="without the hyphen"),
        pytest.param("application/json;version=2", True, id="another parameter"),
        pytest.param("application/json;", True, id="an empty parameter"),
        pytest.param("application/json;charset=utf-16", False, id="UTF-16"),
        pytest.param("application/problem+json", False, id="a relative"),
        pytest.param("application/json, text/plain", False, id="two types"),
        pytest.param("multipart/form-data", False, id="a form"),
    ],
)
def test_content_types_of_json(content_type: str, json: bool) -> None:
    assert is_json(content_type) == json


@pytest.mark.parametrize(
    ("body", "audio_id"),
    [
        pytest.param(b'{"audioId": "a"}', "a", id="a text"),
        pytest.param(b'{"audioId": 5}', 5, id="another type"),
        pytest.param(b"{}", None, id="left out"),
        pytest.param(b"[]", None, id="no object"),
        pytest.param(b"{", None, id="no JSON"),
    ],
)
def test_the_audio_id_is_found(body: bytes, audio_id: object) -> None:
    assert decode("extend", JSON, body).audio_id == audio_id


@pytest.mark.parametrize(
    ("authorization", "key"),
    [
        pytest.param("Bearer abc", "abc", id="a key"),
        pytest.param("BEARER abc", "abc", id="in another case"),
        pytest.param("  Bearer   abc  ", "abc", id="with spaces"),
        pytest.param("Bearer a b", "a b", id="a key with a space"),
        pytest.param("Bearer ", None, id="no key"),
        pytest.param("Bearer", None, id="the scheme alone"),
        pytest.param("Basic abc", None, id="another scheme"),
        pytest.param("abc", None, id="the key alone"),
        pytest.param("", None, id="no header"),
    ],
)
def test_the_bearer_key_is_found(authorization: str, key: str | None) -> None:
    assert bearer(authorization) == key


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Zs"]), min_size=1))
def test_any_key_is_found(key: str) -> None:
    assert bearer(f"Bearer {key}") == key
