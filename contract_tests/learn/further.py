"""What answers and callbacks have beside what is documented: members of the envelope, headers, forms of ids. Pure."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.learn.constant import SHOWN, TWICE, Told, Usual, constant, cut
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.learn.tasks import first_callbacks, tracks_in
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange
from contract_tests.target.keys import MASKED

ENVELOPE: Final = ("code", "msg", "data")
"""Members of every envelope that are documented."""
OF_A_CONNECTION: Final = frozenset(
    (
        *("accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "date"),
        *("host", "keep-alive", "preference-applied", "retry-after", "set-cookie", "te", "trailer"),
        *("transfer-encoding", "upgrade", "user-agent"),
    )
)
"""Headers of HTTP itself, or of one answer, which the mock writes on its own."""
OF_THE_WAY: Final = re.compile(
    r"(x-)?forwarded.*|via|server|x-real-ip|cf-.*|cdn-loop|ngrok-.*|alt-svc|strict-transport-security"
)
"""Headers that tunnels, caches and gateways add, which the mock has not."""
NAME: Final = re.compile("[A-Za-z0-9-]{1,100}")
"""A header that a profile can name."""
DIGITS: Final = "[0-9a-f]"
TASK: Final = re.compile(f"{DIGITS}{{32}}")
UUID: Final = re.compile(f"{DIGITS}{{8}}-{DIGITS}{{4}}-{DIGITS}{{4}}-{DIGITS}{{4}}-{DIGITS}{{12}}")
ID: Final = "{id}"
LONGEST_ID: Final = 200
"""Characters of an id whose form is looked for: a profile can say less."""
FEW: Final = "fewer than two requests show it"
"""Why nothing is known of all that a part of a profile says."""


def further(
    asked: Sequence[Asked], mocked: Asked, published: Published, signing: Container[str] = ()
) -> Iterator[Found]:
    """What all answers and callbacks have that those of the mock, in `mocked`, have not, and what ids look like.
    `signing` are headers of callbacks of which something else tells."""
    family = published.family
    yield from _parts("answers", _answers(asked), _answers([mocked]), family.get("answers") or {})
    yield from _parts("callbacks", _callbacks(asked, signing), _callbacks([mocked]), family.get("callbacks") or {})
    said = family.get("ids") or {}
    yield from _form("task", TASK, _task_ids(asked), said.get("task", ID))
    yield from _form("track", UUID, _track_ids(asked), said.get("track", ID))


Came = Sequence[tuple[Exchange, Mapping[str, Any], Mapping[str, str]]]
"""A request, the envelope of its answer or of a callback, and the headers of that."""


def _answers(asked: Iterable[Asked]) -> Came:
    """Answers of the API: those to POSTs and polls that carry a code. Another method may come to no API."""
    posts = (each.exchange for each in asked if each.exchange.method == "POST")
    polls = (poll for each in asked for poll in each.polls)
    return [(each, each.envelope, each.answer_headers) for each in (*posts, *polls) if each.code is not None]


def _callbacks(asked: Iterable[Asked], signing: Container[str] = ()) -> Came:
    every = ((each.exchange, parsed(arrival.body), arrival.headers) for each in asked for arrival in each.callbacks)
    return [
        (exchange, body, {name: value for name, value in headers.items() if name.lower() not in signing})
        for exchange, body, headers in every
        if isinstance(body, dict)
    ]


def _parts(key: str, came: Came, mocked: Came, said: Mapping[str, Any]) -> Iterator[Found]:
    """The further members of envelopes, and the headers; `said` is what the profile says of them."""
    if len({exchange.number for exchange, _, _ in came}) < TWICE:
        yield Left(key, FEW)
        return
    members, headers = said.get("members") or {}, said.get("headers") or {}
    yield from constant((key, "members"), [*map(_beyond_documented, came)], _usual(_beyond_documented, mocked, members))
    spelt = {name.lower(): name for name in headers}

    def named(each: tuple[Exchange, Mapping[str, Any], Mapping[str, str]]) -> Told:
        return Told(each[0], {spelt.get(name, name): value for name, value in _headers(each[2])})

    yield from constant((key, "headers"), [*map(named, came)], _usual(named, mocked, headers))


def _usual(of: Callable[..., Told], mocked: Came, said: Mapping[str, Any]) -> Usual:
    """What the mock has; where it told nothing, at least what the profile says."""
    return Usual({**said, **(of(mocked[0]).members if mocked else {})}, said)


def _beyond_documented(came: tuple[Exchange, Mapping[str, Any], Mapping[str, str]]) -> Told:
    """The members of an envelope that are not documented."""
    return Told(came[0], {name: value for name, value in came[1].items() if name not in ENVELOPE})


def _headers(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    named = ((name.lower(), value) for name, value in headers.items())
    return ((name, value) for name, value in named if _is_said(name) and value != MASKED)


def _is_said(name: str) -> bool:
    """Whether a profile can have a header, and it is of the API."""
    return name not in OF_A_CONNECTION and not OF_THE_WAY.fullmatch(name) and NAME.fullmatch(name) is not None


def _task_ids(asked: Iterable[Asked]) -> dict[str, Exchange]:
    return {each.exchange.task_id: each.exchange for each in asked if each.exchange.task_id}


def _track_ids(asked: Iterable[Asked]) -> dict[str, Exchange]:
    came = ((track.get("id"), exchange) for exchange, _, body in first_callbacks(asked) for track in tracks_in(body))
    return {id: exchange for id, exchange in came if isinstance(id, str)}


def _form(what: str, digits: re.Pattern[str], ids: Mapping[str, Exchange], said: str) -> Iterator[Found]:
    """What stands before and behind the digits of all ids."""
    path = ("ids", what)
    if len(ids) < TWICE or len({each.number for each in ids.values()}) < TWICE:
        yield Left(".".join(path), FEW)
        return
    if max(map(len, ids)) > LONGEST_ID:
        yield Left(".".join(path), f"one has {max(map(len, ids))} characters, and at most {LONGEST_ID} are learned")
        return
    around = [{(id[: found.start()], id[found.end() :]) for found in _overlapping(digits, id)} for id in ids]
    common = set.intersection(*around)
    if len(common) != 1:
        yield Left(".".join(path), f"seen in a form that no profile can say: {', '.join(map(cut, [*ids][:SHOWN]))}")
        return
    ((before, behind),) = common
    if (form := f"{before}{ID}{behind}") != said:
        yield Line(path, form, times({each.number: each for each in ids.values()}.values()))


def _overlapping(digits: re.Pattern[str], id: str) -> Iterator[re.Match[str]]:
    """Where digits stand in an id, also where they begin within others."""
    found = (digits.match(id, start) for start in range(len(id)))
    return (each for each in found if each)
