"""How callbacks are signed, if the key is given: which HMAC stands in which of their headers. Pure."""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, permutations, product
from typing import Final, NamedTuple

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.learn.constant import TWICE
from contract_tests.learn.evidence import Found, Left, Line, lines_of, times
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange

PATH: Final = ("callbacks", "signature")
NAME: Final = ".".join(PATH)
HEADERS: Final = ((*PATH, "header"), (*PATH, "timestamp_header"))
KEY: Final = "mock-webhook-hmac-key"
"""The key of a learned profile: that of a server belongs in no file."""
ENCODINGS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "base64": lambda digest: b64encode(digest).decode(),
    "hex": bytes.hex,
}
ALGORITHMS: Final = ("sha256", "sha1", "sha512")
PARTS: Final = ("{task_id}", "{timestamp}", "{body}")
SIGNED: Final = tuple(
    dict.fromkeys(
        between.join(parts)
        for number in range(1, len(PARTS) + 1)
        for parts in permutations(PARTS, number)
        for between in ("", ".", ":", "|", "\n")
    )
)
"""What may be signed."""
DIGEST: Final = re.compile("(?:[0-9a-f]{40,}|[A-Za-z0-9+/]{27,}=*)$", re.IGNORECASE)
"""What a header looks like that may have a signature."""
ENDS: Final = 200
"""Characters at the end of a header that are looked at for one."""
DIGITS: Final = 10
"""Those of Unix seconds."""
MOST: Final = 50
"""Callbacks that are looked at."""
FEW: Final = "fewer than two callbacks show it"
KEYLESS: Final = "nobody gave its key: --signature-key-env NAME, the environment variable that has it"
UNSIGNED: Final = "no header has an HMAC of task id, time and body with the key that was given"
SECONDS: Final = range(10**9, 10**10)
"""Unix seconds of these years, by which a header of time is known."""


class _Called(NamedTuple):
    """One callback: the id of its task, its body as it came, and its headers."""

    exchange: Exchange
    task_id: str
    body: bytes
    headers: Mapping[str, str]


def signature(asked: Iterable[Asked], key: str | None, published: Published) -> Iterator[Found]:
    """How all callbacks are signed with the key, where the profile does not say so; why it is not known otherwise."""
    called, said = [*islice(_called(asked), MOST)], (published.family.get("callbacks") or {}).get("signature") or {}
    looks_signed = any(DIGEST.search(value[-ENDS:]) for each in called for value in each.headers.values())
    if key is None or len({each.body for each in called}) < TWICE:
        if looks_signed or said:
            yield Left(NAME, FEW if key else KEYLESS)
        return
    ways = [set(_ways(each, key.encode())) for each in called]
    common = [way for way in _ways(called[0], key.encode()) if all(way in found for found in ways)]
    if not common:
        if looks_signed or said:
            yield Left(NAME, UNSIGNED)
        return
    way = next((each for each in common if _is_said(each, said)), common[0])
    seen = times({each.exchange.number: each.exchange for each in called}.values()) + _also(way, common)
    for name, value in way._asdict().items():
        if not _same(said.get(name), value, is_header=(*PATH, name) in HEADERS):
            yield Line((*PATH, name), value, seen)
    if "key" not in said:
        yield Line((*PATH, "key"), KEY, "not the server's: give this one to a receiver of the mock's callbacks")


def _is_said(way: "_Way", said: Mapping[str, str]) -> bool:
    """Whether the profile signs in this way."""
    return all(
        _same(said.get(name), value, is_header=(*PATH, name) in HEADERS) for name, value in way._asdict().items()
    )


def _also(way: "_Way", common: Sequence["_Way"]) -> str:
    """In what ways that fit as well differ; empty where there are none."""
    pairs = (zip(way._asdict().items(), each, strict=True) for each in common)
    other = dict.fromkeys(f"{name} {theirs}" for pair in pairs for (name, ours), theirs in pair if ours != theirs)
    return f"; {', '.join(other)} fits as well" if other else ""


def _same(said: str | None, value: str | None, *, is_header: bool) -> bool:
    texts = (said or "", value or "")
    return len({each.lower() if is_header else each for each in texts}) == 1


class _Way(NamedTuple):
    """A signature as a profile says it."""

    header: str
    timestamp_header: str | None
    signs: str
    algorithm: str
    encoding: str
    prefix: str


def _ways(called: _Called, key: bytes) -> Iterator[_Way]:
    """Every way in which a callback is signed with the key, the simplest first."""
    numbers = {name: value for name, value in called.headers.items() if value.isdecimal() and len(value) == DIGITS}
    clocks = [name for name, value in numbers.items() if int(value) in SECONDS]
    for signs, timestamp in product(SIGNED, (*clocks, None)):
        if (PARTS[1] in signs) == (timestamp is None):
            continue
        values = {PARTS[0]: called.task_id.encode(), PARTS[1]: called.headers.get(timestamp or "", "").encode()}
        text = _filled(signs, {**values, PARTS[2]: called.body})
        for algorithm, (encoding, written) in product(ALGORITHMS, ENCODINGS.items()):
            digest = written(hmac.new(key, text, algorithm).digest())
            for header, value in called.headers.items():
                if value.endswith(digest):
                    yield _Way(header, timestamp, signs, algorithm, encoding, value.removesuffix(digest))


def _filled(signs: str, values: Mapping[str, bytes]) -> bytes:
    """What is signed; the body last, since it may hold the names of the others."""
    text = signs.encode()
    for part in PARTS:
        text = text.replace(part.encode(), values[part])
    return text


def _called(asked: Iterable[Asked]) -> Iterator[_Called]:
    for each in asked:
        for arrival in each.callbacks:
            body = parsed(arrival.body)
            data = body.get("data") if isinstance(body, dict) else None
            task_id = data.get("task_id") if isinstance(data, dict) else None
            if isinstance(task_id, str):
                yield _Called(each.exchange, task_id, arrival.body, arrival.headers)


def signing(found: Sequence[Found]) -> set[str]:
    """The headers that a signature has, of all that was found."""
    return {f"{each.value}".lower() for each in lines_of(found) if each.path in HEADERS}
