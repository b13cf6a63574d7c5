"""Finds what must not be written down of a message, and masks it: keys, tokens, cookies and passwords. Pure."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from contract_tests.recording.callback_urls import (
    OF_THE_PROXY,
    URL,
    masked_parameters,
    masked_urls,
    of_callback_url,
    of_parameters,
)
from contract_tests.recording.looked_for import LookedFor
from contract_tests.recording.members import each_piece, is_json, masked_members, may_be_named, pieces
from contract_tests.recording.message import CALLBACK, LONGEST, Headers, Message
from contract_tests.recording.names import WORDS, is_called_back, is_secret
from contract_tests.target.keys import MASKED, REMEMBERED, Keys

IN_JSON: Final = re.compile(
    rf'("(?:[^"\\]|\\(?!"))*(?:{WORDS})[^"]*"\s*:\s*)(\\*")(.*?)(?:(?<!\\)(\2)|\Z)', re.IGNORECASE | re.DOTALL
)
"""A member with a text where a body is no JSON, or is JSON within a text, where quotes are escaped."""
NUMBER: Final = re.compile(rf'((?:{WORDS})\\*"\s*:\s*)(-?[0-9.eE+-]+)', re.IGNORECASE)
PART: Final = re.compile(
    r'(content-disposition:[^\r\n]{0,300}?\bname="?([^"\r\n;]{1,200}+)[^\r\n]{0,500}+(?:\r?\n[^\r\n]{1,500}+){0,8}+'
    r"\r?\n\r?\n)(.*?)(?=\r?\n--|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""A part of a form that is sent as such. Nothing is tried twice: a line of a body may be a million characters long."""
USERINFO: Final = re.compile(r"(:\\?/\\?/)([^/?#@\s\"\\]+)@")
BEARER: Final = re.compile(r"(\bBearer\s+)([^\s\",;\\]+)", re.IGNORECASE)
OWN: Final = "authorization"
"""The header with a client's own key."""
LEAST: Final = 6
"""Characters of a secret that is masked wherever it stands; a shorter one is masked in its own place."""
MOST: Final = 200
"""Secrets that are known at the same time: of more the ones that passed last."""
TOO_MANY: Final = f"more than {MOST} secrets came at once, and what follows cannot be kept free of them"
KEPT: Final = 2000
"""Short texts of which is remembered what is secret in them."""
NO_TEXT: Final = "it is no text in UTF-8"
TOO_LONG: Final = f"it is longer than {LONGEST} bytes"


class Secrets:
    """What has passed that nobody may read. Secrets that were found once are masked in everything that follows."""

    def __init__(self) -> None:
        self._known: dict[str, Keys] = {}
        self._looked_for = LookedFor()
        self._own: set[str] = set()
        self._room = True

    def add(self, found: Iterable[str]) -> bool:
        """Remembers secrets, in place of those that passed longest ago. Returns whether there was room for all; once
        there was none, the texts of all messages are left out."""
        new = dict.fromkeys(text for each in found if len(text := each.strip()) >= LEAST)
        self._room = self._room and len(new) <= MOST
        if new and self._room:
            kept = [*(text for text in self._known if text not in new), *new][-MOST:]
            self._known = {text: self._known.get(text) or Keys({"own": text}) for text in kept}
            self._own &= self._known.keys()
            self._looked_for.look_for(self._known)
        return self._room

    def masked(self, message: Message) -> Message:
        """The message without any secret. A body that cannot be kept free of them is left out."""
        message = _readable(message)
        if not self.add(_found(message)):
            why = {**message.left_out, "sent": TOO_MANY, "body": TOO_MANY}
            path = OF_THE_PROXY.sub(rf"\1{MASKED}", message.path.partition("?")[0])
            return replace(
                message, path=path, headers=(), sent=b"", answer_headers=(), body=b"", error="", left_out=why
            )
        self._own |= {key for name, value in message.headers if name.lower() == OWN for key in _of_header(name, value)}
        return replace(
            message,
            shows_key=message.shows_key or self._shown(message),
            method=self.text(message.method),
            path=self.text(message.path),
            headers=self._headers(message.headers),
            sent=self.text(_without_urls(message.sent.decode())).encode(),
            answer_headers=self._headers(message.answer_headers),
            body=self.text(message.body.decode()).encode(),
            error=self.text(message.error),
        )

    def _shown(self, message: Message) -> bool:
        """Whether the server sent a key that a client had sent."""
        sent = (message.path, *(value for _, value in message.headers), message.sent.decode())
        came = (*(value for _, value in message.answer_headers), message.body.decode())
        text = "\n".join(sent if message.kind == CALLBACK else came)
        return any(keys.shown_in(text) for secret, keys in self._known.items() if secret in self._own)

    def text(self, text: str) -> str:
        """A text without any secret that is known, and without what stands where secrets do."""
        text = _by_name(text) if len(text) <= REMEMBERED else masked_members(text)[0]
        return text if self._plain(text) == text else each_piece(text, self._plain)

    def _plain(self, text: str) -> str:
        """The same of a text that is no JSON."""
        text = _by_place(text) if len(text) <= REMEMBERED else _masked_by_place(text)
        return self._looked_for.masked(text)

    def _headers(self, headers: Headers) -> Headers:
        return tuple((self.text(name), _hidden(name, value, self.text(value))) for name, value in headers)


@lru_cache(maxsize=KEPT)
def _by_name(text: str) -> str:
    """A short text, which comes again and again, without what stands below a secret name."""
    return masked_members(text)[0]


@lru_cache(maxsize=KEPT)
def _by_place(text: str) -> str:
    return _masked_by_place(text)


def _masked_by_place(text: str) -> str:
    """A text without what stands where secrets do."""
    if "@" in text:
        text = USERINFO.sub(rf"\1{MASKED}@", text)
    text = OF_THE_PROXY.sub(rf"\1{MASKED}", text)
    if may_be_named(text):
        text = IN_JSON.sub(rf"\1\2{MASKED}\4", text)
        text = NUMBER.sub(r"\g<1>0", text)
    if "=" in text:
        text = masked_parameters(text)
    return BEARER.sub(rf"\1{MASKED}", text)


def _without_urls(text: str) -> str:
    """What a client sent without where it is to be called back, which stands anywhere where it is no JSON."""
    if is_json(text):
        return text
    return PART.sub(lambda part: part[1] + (MASKED if _of_secret(part[2]) else part[3]), masked_urls(text))


def _of_secret(name: str) -> bool:
    return is_secret(name) or is_called_back(name)


def _readable(message: Message) -> Message:
    """The message without bodies that are no text, in which no secret could be seen."""
    why = dict(message.left_out)
    kept = {}
    for name, raw in (("sent", message.sent), ("body", message.body)):
        reason = "" if name in why else TOO_LONG if len(raw) > LONGEST else "" if _is_text(raw) else NO_TEXT
        if reason:
            why[name] = reason
        kept[name] = b"" if name in why else raw
    return replace(message, sent=kept["sent"], body=kept["body"], left_out=why)


def _is_text(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode()
    except UnicodeDecodeError:
        return False


def _found(message: Message) -> Iterator[str]:
    for name, value in (*message.headers, *message.answer_headers):
        if is_secret(name):
            yield from _of_header(name.lower(), value)
    yield from _in_no_json(message.sent.decode())
    texts = (message.path, message.sent.decode(), message.body.decode(), message.error)
    for text in (*texts, *(value for _, value in (*message.headers, *message.answer_headers))):
        yield from _in_short(text) if len(text) <= REMEMBERED else _in_text(text)


def _in_no_json(sent: str) -> Iterator[str]:
    """The secrets of what a client sent that is no JSON: those of URLs, and of a form's parts."""
    if not is_json(sent):
        yield from (each for url in URL.findall(sent) for each in of_callback_url(url))
        yield from (value.strip() for _, name, value in PART.findall(sent) if is_secret(name))


@lru_cache(maxsize=KEPT)
def _in_short(text: str) -> tuple[str, ...]:
    """The secrets of a text that comes again and again, such as the value of a header."""
    return tuple(_in_text(text))


def _in_text(text: str) -> Iterator[str]:
    if "@" in text:
        for userinfo in USERINFO.findall(text):
            yield from userinfo[1].split(":")
    yield from masked_members(text)[1]
    if may_be_named(text):
        yield from (each[2] for start, end in pieces(text) for each in IN_JSON.findall(text[start:end]))
    if "=" in text:
        yield from of_parameters(text)
    yield from (each[1] for each in BEARER.findall(text))


def _of_header(name: str, value: str) -> Iterator[str]:
    """A secret header's value, what stands behind its scheme, each cookie, and user and password of Basic."""
    if "cookie" in name:
        # What a cookie is called is no secret, and neither is where and how long it holds.
        pairs = value.split(";")[: 1 if name.startswith("set-") else None]
        yield from (pair.partition("=")[2].strip().strip('"') for pair in pairs)
        return
    scheme, _, credential = value.strip().partition(" ")
    yield credential or scheme
    if scheme.lower() == "basic":
        try:
            yield from base64.b64decode(credential, validate=True).decode(errors="replace").split(":")
        except (binascii.Error, ValueError):
            return


def _hidden(name: str, value: str, masked: str) -> str:
    """The value of a header as it is written down: of a secret one only the scheme."""
    if not is_secret(name):
        return masked
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} {MASKED}" if blank and scheme.isalpha() and "cookie" not in name.lower() else MASKED
