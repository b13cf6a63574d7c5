"""Another callBackUrl in the bytes of a request, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.proxy.callback_url import callback_url, with_callback_url

OURS = "http://127.0.0.1:1/callback/1-token"
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
LAYOUT = st.sampled_from([(None, None), (2, None), (None, (",", ":")), ("\t", (" , ", " : "))])


@given(st.dictionaries(st.text(), JSON), LAYOUT, st.booleans())
def test_every_other_byte_stays(others: dict[str, Any], layout: Any, escaped: bool) -> None:
    url = "https://me.example.com/hook?a=1"
    indent, separators = layout
    body = json.dumps({**others, "callBackUrl": url}, indent=indent, separators=separators, ensure_ascii=escaped)
    raw = body.encode(errors="surrogatepass")
    assert callback_url(raw) == url
    assert with_callback_url(raw, OURS) == raw.replace(json.dumps(url).encode(), json.dumps(OURS).encode())


@given(st.binary())
def test_what_is_no_such_request_stays_as_it_is(raw: bytes) -> None:
    assert callback_url(raw) is None
    assert with_callback_url(raw, OURS) == raw


@pytest.mark.parametrize(
    "body",
    [
        b'{"callBackUrl": 5}',
        b'{"callBackUrl": "ftp://me.example.com/"}',
        b'{"callBackUrl": "http://"}',
        b'{"callBackUrl": "http://[::1"}',
        b'{"callBackUrl": "http://me.example.com:0/"}',
        b'{"data": {"callBackUrl": "http://me.example.com/"}}',
        b'{"callBackUrl": "http://me.example.com/"',
        b'{"callBackUrl": "http://me.example.com/"} {}',
        b'[{"callBackUrl": "http://me.example.com/"}]',
        b"[" * 100_000,
    ],
)
def test_what_the_server_has_to_refuse_reaches_it(body: bytes) -> None:
    assert callback_url(body) is None


def test_of_several_the_last_counts_and_none_is_left() -> None:
    body = b'{"callBackUrl": "http://a.example.com/", "callBackUrl" :"http:\\/\\/b.example.com\\/"}'
    assert callback_url(body) == "http://b.example.com/"
    assert with_callback_url(body, OURS) == f'{{"callBackUrl": "{OURS}", "callBackUrl" :"{OURS}"}}'.encode()
