"""Writes decisions as envelopes: `{code, msg, data}`, with the HTTP status and headers of an edition. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from mock_server.contract.editions import Edition
from mock_server.contract.profile import UNTOLD
from mock_server.core.errors import ApiError, Forced, Maintenance, RateLimited, Unauthorized
from mock_server.core.text import printable
from mock_server.domain.refusal_text import refusal_text, told
from mock_server.domain.tasks import TaskRecord

DRAWN: Final = "suno-mock-readings"
"""The header that tells the readings that were drawn for a request."""
UNREAD: Final = (Unauthorized, Maintenance, Forced, RateLimited)
"""The refusals that come before the body is judged."""
REPLAY: Final = "suno-mock-replay"
"""The header that tells whether an answer was recorded, and where, or why it was not."""
BLOCKED: Final = "suno-mock-callback"
"""The header that tells why the callbacks of a task will not be sent, and what to do."""


@dataclass(slots=True, eq=False)
class Answer:
    """What goes back to the client, and the task that it started, if it did. `unread`: the request was refused before
    anybody judged its body."""

    status: int
    code: int
    msg: str
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    scenario: str = ""
    record: TaskRecord | None = None
    unread: bool = False

    def header_lines(self) -> list[tuple[bytes, bytes]]:
        """The headers as they are sent."""
        length = (b"content-length", b"%d" % len(self.body))
        return [(b"content-type", self.content_type.encode()), length, *self.further_lines()]

    def further_lines(self) -> list[tuple[bytes, bytes]]:
        """The headers that not every answer has."""
        return [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]


def accepted(record: TaskRecord, edition: Edition, applied: str, blocked: str = "") -> Answer:
    """The answer that starts a task; `applied` is the preference that chose its scenario, `blocked` why its callbacks
    will not be sent."""
    form = edition.family.answers
    headers = form.headers
    if applied or blocked or edition.drawn:
        headers = {**headers, **_preference(applied), **_drawn(edition), **not_sent(blocked)}
    body = b'{"code":200,"msg":"success","data":{"taskId":"%b"}%b' % (record.id.encode(), form.ends)
    # By position and not by name, here and elsewhere on this path, since Python takes half the time.
    return Answer(
        form.success, 200, "success", body, edition.readings.content_type, headers, (), record.scenario, record
    )


def succeeded(data: Any, edition: Edition, applied: str = "") -> Answer:
    """An answer with code 200 and any data; `applied` is the preference that was honoured."""
    form = edition.family.answers
    body = orjson.dumps({"code": 200, "msg": "success", "data": data})[:-1] + form.ends
    return Answer(
        status=form.success,
        code=200,
        msg="success",
        body=body,
        content_type=edition.readings.content_type,
        headers={**form.headers, **_preference(applied), **_drawn(edition)},
    )


def refused(error: ApiError, edition: Edition) -> Answer:
    """A refusal: the document's text for the code, then what is wrong here and what to do about it."""
    error = told(error, edition.family)
    code = error.code if isinstance(error, Forced) else edition.family.refusals[error.kind]
    form = edition.family.answers
    msg = refusal_text(error, edition.profile.codes.get(code, UNTOLD), edition.family)
    return Answer(
        status=status(code, edition),
        code=code,
        msg=msg,
        body=orjson.dumps({"code": code, "msg": msg, **edition.readings.error_data})[:-1] + form.ends,
        content_type=edition.readings.content_type,
        headers={**form.headers, **_headers(error), **_drawn(edition)},
        rules=error.rules,
        scenario=error.scenario if isinstance(error, Forced) else "",
        unread=isinstance(error, UNREAD),
    )


def _headers(error: ApiError) -> dict[str, str]:
    match error:
        case RateLimited(retry_after=seconds):
            return {"retry-after": str(seconds)}
        case Forced(applied=applied):
            return _preference(applied)
        case _:
            return {"suno-mock-rules": ", ".join(error.rules)} if error.rules else {}


def _drawn(edition: Edition) -> dict[str, str]:
    """The readings that were drawn for this request, where questions vary."""
    return {DRAWN: edition.drawn} if edition.drawn else {}


def not_sent(why: str) -> dict[str, str]:
    """Why the callbacks of a task will not be sent. On one line of ASCII, since the host in it is the client's."""
    return {BLOCKED: f"blocked; {printable(why)}".encode("ascii", "backslashreplace").decode()} if why else {}


def _preference(applied: str) -> dict[str, str]:
    """RFC 7240, section 3."""
    return {"preference-applied": applied} if applied else {}


def status(code: int, edition: Edition) -> int:
    """The HTTP status of a refusal with this envelope code: that which the profile has for it, else two open
    questions."""
    readings, own = edition.readings, edition.family.answers.statuses
    if code in own:
        return own[code]
    if readings.refusal_status is None:
        return code
    return readings.server_error_status if code == edition.family.refusals["failed"] else readings.refusal_status
