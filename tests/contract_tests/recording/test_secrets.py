"""No key, token, cookie or password reaches the disk."""

import base64
import html
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.recording.broken_rules import broken_rules
from contract_tests.recording.callback_urls import of_callback_url
from contract_tests.recording.members import masked_members
from contract_tests.recording.message import LONGEST, line
from contract_tests.recording.secrets import MOST, NO_TEXT, TOO_LONG, TOO_MANY, Secrets
from contract_tests.run.inputs import documents
from tests.contract_tests.recording.messages import message

CANARY = "c4nary-0f-the-test"
BASIC = base64.b64encode(f"me:{CANARY}".encode()).decode()
PLACES: dict[str, dict[str, Any]] = {
    "Authorization": {"headers": (("Authorization", f"Bearer {CANARY}"),)},
    "Basic": {"headers": (("authorization", f"Basic {BASIC}"),)},
    "no scheme": {"headers": (("AUTHORIZATION", CANARY),)},
    "X-Api-Key": {"headers": (("X-Api-Key", CANARY),)},
    "Cookie": {"headers": (("Cookie", f"a=b; session={CANARY}"),)},
    "Set-Cookie": {"answer_headers": (("Set-Cookie", f"id={CANARY}; Path=/"),)},
    "a query": {"path": f"/api/v1/chat/credit?api_key={CANARY}&x=1"},
    "Location": {"answer_headers": (("Location", f"https://login.example.com/?token={CANARY}"),)},
    "user info": {"headers": (("Referer", f"https://me:{CANARY}@example.com/"),)},
    "a member of a body": {"sent": json.dumps({"x": {"accessToken": CANARY}}).encode()},
    "a text in a body": {"body": json.dumps({"param": json.dumps({"password": CANARY})}).encode()},
    "a form": {"sent": f"user=me&password={CANARY}".encode()},
    "a bearer in words": {"body": f'{{"msg": "Bearer {CANARY} is wrong"}}'.encode()},
    "X-Access-Key": {"headers": (("X-Access-Key", CANARY),)},
    "access-key": {"answer_headers": (("access-key", CANARY),)},
    "X-Key": {"headers": (("X-Key", CANARY),)},
    "private_key": {"body": json.dumps({"private_key": CANARY}).encode()},
    "privateKey": {"body": json.dumps({"privateKey": CANARY}).encode()},
    "pwd": {"sent": json.dumps({"pwd": CANARY}).encode()},
    "a list": {"sent": json.dumps({"api_key": ["short", CANARY]}, indent=1).encode()},
    "an object": {"body": json.dumps([{"password": {"x": [{"value": CANARY}]}}]).encode()},
    "an escaped name": {"sent": f'{{"\\u0074oken": "{CANARY}"}}'.encode()},
    "an escaped name in a text": {"sent": json.dumps({"x": f'[{{"\\u0070wd" : "{CANARY}"}}]'}).encode()},
    "a coded name": {"sent": f"x=1&api%5Fkey={CANARY}".encode()},
    "a coded name in a query": {"path": f"/x?user%5Bpw%64%5D={CANARY}"},
    "a form in a text": {"body": json.dumps({"msg": f"password={CANARY}&x=1"}).encode()},
    "a code in a query": {"path": f"/back?state=1&code={CANARY}"},
    "a code in a Location": {"answer_headers": (("Location", f"https://me.example.com/back?code={CANARY}"),)},
    "a code in a form": {"sent": f"code={CANARY}&grant_type=authorization_code".encode()},
    "a part of a form": {"sent": f'--b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{CANARY}\r\n'.encode()},
    "a member of a body that ends early": {"sent": f'{{"password": "{CANARY}'.encode()},
    "an error": {"error": f"ConnectError: https://me:{CANARY}@proxy.example.com"},
}


URL = f"https://hooks.example.com/{CANARY}"
IN_PART = '--b\r\nContent-Disposition: form-data; name="callBackUrl"\r\nX: y\r\n\r\n{}\r\n--b--'
CALLED_BACK: dict[str, bytes] = {
    "a URL": json.dumps({"callBackUrl": URL}).encode(),
    "another name": json.dumps({"callback_url": URL}).encode(),
    "a webhook": json.dumps({"webhookUrl": URL}).encode(),
    "an escaped name": f'{{"callB\\u0061ckUrl": "{URL}"}}'.encode(),
    "ftp": json.dumps({"callBackUrl": f"ftp://me:pw@x.example.com/{CANARY}"}).encode(),
    "no slashes": json.dumps({"callBackUrl": f"mailto:{CANARY}@example.com"}).encode(),
    "a scheme of its own": json.dumps({"callBackUrl": f"{CANARY}:x"}).encode(),
    "no scheme": json.dumps({"callBackUrl": CANARY}).encode(),
    "no host": json.dumps({"callBackUrl": f"https:///{CANARY}"}).encode(),
    "a wrong host": json.dumps({"callBackUrl": f"http://[{CANARY}"}).encode(),
    "a list": json.dumps({"callBackUrl": [URL]}).encode(),
    "an object": json.dumps({"callBackUrl": {"url": URL}}).encode(),
    "JSON in a text": json.dumps({"callBackUrl": json.dumps({"url": URL})}).encode(),
    "below a member": json.dumps({"x": [{"callBackUrl": URL}]}).encode(),
    "in a text": json.dumps({"x": json.dumps({"callBackUrl": URL})}).encode(),
    "a form": f"title=x&callBackUrl={URL}".encode(),
    "a coded form": f"callBackUrl={quote(URL, safe='')}&x=1".encode(),
    "a part of a form": IN_PART.format(URL).encode(),
    "no URL in a part": IN_PART.format(CANARY).encode(),
    "a body that ends early": f'{{"callBackUrl": "{URL}'.encode(),
    "a list that ends early": f'{{"callBackUrl": ["{URL}"'.encode(),
}


@pytest.mark.parametrize("place", CALLED_BACK)
def test_of_where_to_call_back_nothing_is_written(place: str) -> None:
    sent = CALLED_BACK[place]
    secrets = Secrets()
    assert CANARY not in (written := line(secrets.masked(message(sent=sent))))
    assert "***" in written
    assert "hooks.example.com" not in written
    asked = f"/x?callBackUrl={quote(sent.decode(), safe='')}"
    assert CANARY not in line(secrets.masked(message(path=asked)))


CALLED = st.one_of(
    st.text(),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["http", "https", "ftp", "HTTP", "mailto", "x y", "localhost", ""]),
        st.sampled_from(["://", ":///", ":", ""]),
        st.sampled_from(["x.example.com", "me:pw@host:80", "[::1]", "[", ""]),
        st.sampled_from(["", "/", "/hook/1?x=1"]),
    ),
    st.lists(st.text(max_size=3), max_size=2),
    st.none() | st.integers(),
)


@given(CALLED)
def test_a_masked_callback_url_breaks_the_same_rules(url: Any) -> None:
    sent = json.dumps({"callBackUrl": url}).encode()
    masked = Secrets().masked(message(sent=sent)).sent
    published = documents("apikley")
    assert broken_rules(masked, "application/json", published) == broken_rules(sent, "application/json", published)
    assert Secrets().masked(message(sent=masked)).sent == masked


def test_the_proxys_own_address_stays_and_so_does_a_status() -> None:
    sent = b'{"callBackUrl": "http://127.0.0.1:80/cb/12-***", "callbackType": "text"}'
    told = b'{"code": 400, "msg": "callBackUrl has to be a URL, such as http://127.0.0.1:3000/callback; code=BAD"}'
    masked = Secrets().masked(message(sent=sent, body=told, path="/x?code=200"))
    assert (masked.sent, masked.body, masked.path) == (sent, told, "/x?code=200")


@pytest.mark.parametrize("place", PLACES)
def test_a_canary_is_not_written(place: str) -> None:
    secrets = Secrets()
    assert CANARY not in line(secrets.masked(message(**PLACES[place])))
    assert CANARY not in (echoed := line(secrets.masked(message(number=2, body=f'{{"msg": "no {CANARY}"}}'.encode()))))
    assert "***" in echoed
    assert BASIC not in line(secrets.masked(message(body=BASIC.encode())))


KEYS = st.text('abcdefghijklmnopqrstuvwxyz0123456789-_.~+="\\/é', min_size=8, max_size=40).filter(
    lambda key: len(key.strip()) >= 8
)
SPELLINGS = [
    str,
    str.upper,
    json.dumps,
    html.escape,
    quote,
    lambda key: quote(key, safe=""),
    lambda key: base64.b64encode(key.encode()).decode(),
    lambda key: base64.b64encode(f"Bearer {key}".encode()).decode(),
    lambda key: json.dumps(json.dumps(key)),
    lambda key: "".join(f"\\u{ord(character):04x}" for character in key),
]


@given(KEYS, st.sampled_from(SPELLINGS), st.sampled_from(["sent", "body", "path", "error", "header"]), st.text())
def test_no_spelling_of_a_key_is_written(key: str, spelled: Any, place: str, around: str) -> None:
    secrets = Secrets()
    secrets.add([key])
    written = spelled(key)
    text = f"x{around}{written} y".encode(errors="replace").decode().replace("\0", "")
    changes: dict[str, Any] = {"sent": text.encode(), "body": text.encode(), "path": text, "error": text}
    given_so = {"headers": (("X", text),)} if place == "header" else {place: changes[place]}
    masked = secrets.masked(message(**given_so))
    told = [
        masked.path,
        masked.error,
        *(value for _, value in masked.headers),
        masked.sent.decode(),
        masked.body.decode(),
    ]
    assert not any(written.strip('"') in each for each in told)


PARTS = st.lists(
    st.one_of(
        st.text('ab:," \\{}[]\n=&?', max_size=8),
        st.sampled_from(
            [
                CANARY,
                "123456789",
                f"Bearer {CANARY}",
                '"password": ',
                '\\"token\\": \\"',
                "?token=",
                "http://a:b@c/",
                '"api_key": 5',
            ]
        ),
    ),
    max_size=5,
).map("".join)
BODIES = st.dictionaries(
    PARTS,
    st.recursive(
        st.one_of(PARTS, st.just(123456789), st.integers(), st.none()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PARTS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


@given(BODIES, st.booleans())
def test_json_stays_json_whatever_is_masked_in_it(body: Any, within: bool) -> None:
    secrets = Secrets()
    secrets.add([CANARY, "123456789"])
    sent = json.dumps({"text": json.dumps(body)} if within else body)
    masked = secrets.masked(message(body=sent.encode())).body.decode()
    assert json.loads(masked).keys() == {"text"} if within else len(json.loads(masked)) <= len(body)
    assert CANARY not in masked


def test_what_stands_behind_a_quoted_name_in_a_text_is_left_as_it_is() -> None:
    body = {"msg": 'say "password": ', "more": [1, 2, 3, 4], "title": "a title"}
    secrets = Secrets()
    for _ in range(2):  # what was taken for a secret would be masked from then on
        masked = secrets.masked(message(body=json.dumps(body).encode())).body
        assert json.loads(masked) == body


def test_a_short_secret_is_masked_in_its_own_place_alone() -> None:
    secrets = Secrets()
    masked = secrets.masked(message(headers=(("Cookie", "a=1"),), sent=b'{"pin_token": "12", "n": 12}'))
    assert masked.headers == (("Cookie", "***"),)
    assert masked.sent == b'{"pin_token": "***", "n": 12}'


def test_the_scheme_stays_and_the_body_of_the_api_as_it_is() -> None:
    body = json.dumps({"code": 200, "data": {"taskId": "5c79", "callbackType": "text", "prompt": "a token of love"}})
    masked = Secrets().masked(message(headers=(("Authorization", f"Bearer {CANARY}"),), body=body.encode()))
    assert masked.headers == (("Authorization", "Bearer ***"),)
    assert masked.body.decode() == body


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (CANARY.encode("utf-16"), NO_TEXT),
        (b"\xff\xfe", NO_TEXT),
        (CANARY.encode("utf-16-le"), NO_TEXT),
        (b"x" * (LONGEST + 1), TOO_LONG),
    ],
)
def test_a_body_in_which_nothing_could_be_seen_is_left_out(raw: bytes, why: str) -> None:
    masked = Secrets().masked(message(sent=raw, body=raw))
    assert (masked.sent, masked.body, masked.left_out) == (b"", b"", {"sent": why, "body": why})


def test_of_a_long_secret_nothing_is_left_where_a_part_of_it_is_one_too() -> None:
    secrets = Secrets()
    secrets.add([CANARY, CANARY + "-and-more"])
    assert secrets.text(f"{CANARY}-and-more") == "***"


def test_more_secrets_at_once_than_can_be_known_leave_the_texts_out() -> None:
    secrets = Secrets()
    assert not secrets.add(f"secret-number-{number}" for number in range(MOST + 1))
    path = "/cb/1-00112233445566778899aabbccddeeff?x=1"
    masked = secrets.masked(message(path=path, headers=(("X", CANARY),), body=b"secret-number-7"))
    assert (masked.headers, masked.body, masked.path) == ((), b"", "/cb/1-***")
    assert masked.left_out == {"sent": TOO_MANY, "body": TOO_MANY}


def test_a_cookie_that_changes_with_each_answer_takes_no_room_of_others() -> None:
    secrets = Secrets()
    key = (("Authorization", f"Bearer {CANARY}"),)
    for number in range(2 * MOST):
        cookie = f"c{number:03}-{number:03}-{number:03}"
        body = f'{{"msg": "{cookie} {CANARY}"}}'.encode()
        answered = message(headers=key, answer_headers=(("Set-Cookie", f"id={cookie}"),), body=body)
        assert secrets.masked(answered).body == b'{"msg": "*** ***"}'
    assert secrets.masked(message(body=CANARY.encode())).shows_key


TOKEN = "00112233445566778899aabbccddeeff"


@pytest.mark.parametrize("slash", ["/", "\\/", "%2F", "%252f", "\\u002f"])
def test_the_address_of_the_proxy_is_known_by_its_form(slash: str) -> None:
    text = slash.join(("http://x", "cb", f"12-{TOKEN}"))
    assert Secrets().text(text) == text.replace(TOKEN, "***")


ORDINARY = [
    '{"monkey": "abcdefgh", "key_of": 1, "x": [{}, [], -1.50e3, "\\u00e9", null, true, {"a" :"b"}]}',
    '{"a": 1, "a": 2}\n',
    "[[[1]]]",
    "{not json",
    "the key to my heart; it is = you",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_what_says_nothing_of_secrets_stays_to_the_character(text: str) -> None:
    assert Secrets().text(text) == text


def test_below_a_secret_name_every_text_and_number_is_masked() -> None:
    text = '{"password": {"a": [1, "two", null, true]}, "n": 1}'
    assert Secrets().text(text) == '{"password": {"a": [0, "***", null, true]}, "n": 1}'


def test_texts_in_texts_are_looked_into_to_a_depth() -> None:
    text = "[1]"
    for _ in range(9):
        text = json.dumps([text])
    assert Secrets().text(text) == text


def test_a_receivers_url_may_hold_secrets() -> None:
    url = "https://me:pass-word@hooks.example.com/services/T0AB12CD34EF/cb?token=s3cr3t&kind=x"
    assert set(of_callback_url(url)) == {"me", "pass-word", "T0AB12CD34EF", "s3cr3t"}
    assert "ftp://a.test/x" in set(of_callback_url("ftp://a.test/x"))
    assert list(of_callback_url("http://[")) == []


NAMES = st.sampled_from(
    [
        "apiKey",
        "api_key",
        "x[sig]",
        "PASSWORD",
        "pa\u017f\u017fword",
        "to\u212aen",
        "cook\u0131e",
        "title",
        "monkey",
        "author",
        "key",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.none() | st.sampled_from(["plain", "a\nb", "\u00e9", 'say "it"', "Bearer of a-long-secret"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(NAMES, inner, max_size=2)
        | st.dictionaries(NAMES, inner, max_size=2).map(json.dumps)
    ),
    max_leaves=4,
)


def spelled(text: str, escapes: str) -> str:
    """JSON with some of its letters escaped."""
    return "".join(f"\\u{ord(each):04x}" if each in escapes else each for each in text)


@given(st.dictionaries(NAMES, VALUES, min_size=1), st.sampled_from(["", "k", "sw", "e"]), st.booleans())
def test_a_quick_look_misses_no_secret_name(body: dict[str, Any], escapes: str, in_ascii: bool) -> None:
    text = spelled(json.dumps(body, ensure_ascii=in_ascii).replace("\\n", "\\r"), escapes)
    quick = masked_members(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contract_tests.recording.members.may_be_named", lambda text: True)
        assert quick == masked_members(text)


def test_a_long_line_that_looks_like_parts_of_a_form_is_read_once() -> None:
    """Each name was tried with every length of what follows: ten kilobytes took eleven seconds."""
    sent = b"name=aaaa&" * 20_000 + b'Content-Disposition: form-data; name="api_key"' * 2_000
    assert Secrets().masked(message(sent=sent)).sent == sent


def test_a_url_that_nobody_can_call_is_not_kept_where_a_server_quotes_it() -> None:
    sent = b'{"callBackUrl": "ftp://internal.example/hush"}'
    body = b'{"code": 422, "msg": "callBackUrl is \\"ftp://internal.example/hush\\"; allowed: http"}'
    masked = Secrets().masked(message(sent=sent, body=body))
    assert b"internal" not in masked.sent + masked.body
