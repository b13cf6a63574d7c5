"""Faults, which act before a request is judged: a delay, a lost connection, an invalid answer."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from mock_server.core.errors import BadSetting, unknown
from mock_server.domain.answer import Answer
from mock_server.state.ledger import Change, Ledger, Table, Unkept

WHOLE: Final = b'{"code":200,"msg":"success","data":{"taskId":"00000000000000000000000000000000"}}'
NO_JSON: Final = b'{"code":200,"msg":"success","data":{"taskId":}'
FAULT: Final = "fault: "
"""What the msg of an answer that a fault broke begins with; the journal's alone, nobody is sent it."""
GATEWAY_PAGE: Final = b"<html><body><h1>Bad Gateway</h1></body></html>"


LONGEST_DELAY: Final = 60
"""Seconds."""
FAULTS_KEPT: Final = 10_000
"""Keys that have a fault."""


class Broken(StrEnum):
    """What becomes of the answer."""

    RESET = "reset"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`delay` in seconds of real time, `times`: for how many requests, 1 or more.

    With `answer` the request is not judged: the connection is reset, or the answer cut short of its Content-Length, or
    no JSON, or a gateway's page with `status`.
    """

    delay: float = 0.0
    answer: Broken | None = None
    status: int = 502
    times: int | None = None

    @classmethod
    def of(cls, answer: str | None = None, **how: Any) -> "Fault":
        """A fault by the name of what becomes of the answer. Raises BadSetting for a name that does not exist."""
        names = [each for each in cls.__slots__ if each != "answer"]
        for name in how:
            if name not in names:
                raise unknown("field of a fault", name, names)
        if answer is not None and answer not in set(Broken):
            raise unknown("fault", answer, Broken)
        fault = cls(answer=Broken(answer) if answer else None, **how)
        if type(fault.delay) not in (int, float) or not 0 <= fault.delay <= LONGEST_DELAY:
            raise BadSetting(f"delay is {fault.delay!r}. Allowed: 0 to {LONGEST_DELAY} seconds.")
        if type(fault.status) is not int or not 500 <= fault.status <= 599:
            raise BadSetting(f"status is {fault.status!r}. Allowed: 500 to 599.")
        if "status" in how and fault.answer is not Broken.STATUS:
            does = f"answers {answer}" if answer else "answers nothing"
            raise BadSetting(f"status is {fault.status} for a fault that {does}. Allowed: with the answer 'status'.")
        if fault.times is not None and answer is None and not fault.delay:
            raise BadSetting(
                f"times is {fault.times!r} for a fault that does nothing. Allowed: with a delay or an answer."
            )
        if fault.times is not None and (type(fault.times) is not int or fault.times < 1):
            raise BadSetting(f"times is {fault.times!r}. Allowed: 1 or more, or None for all requests.")
        return fault

    def answered(self) -> Answer:
        """What is sent, or begun to be sent. There is no envelope, so its code is 0."""
        broken = self.answer
        page = broken is Broken.STATUS
        return Answer(
            status=self.status if page else 200,
            code=0,
            msg=f"{FAULT}{broken}",
            body=GATEWAY_PAGE if page else NO_JSON if broken is Broken.MALFORMED else WHOLE,
            content_type="text/html" if page else "application/json",
            unread=True,
        )


class FaultTable:
    """The fault of each key, and that of all others under None."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        self._ledger = Unkept() if ledger is None else ledger
        self._faults: dict[str | None, Fault] = {}
        self._left: dict[str | None, int] = {}

    def put(self, key: str | None, fault: Fault) -> None:
        """Replace the fault of one key, or of all that have none of their own. `Fault()` is none.

        Raises BadSetting when FAULTS_KEPT keys have one.
        """
        self._clear(key)
        if fault.delay or fault.answer:
            if len(self._faults) >= FAULTS_KEPT:
                raise BadSetting(f"{FAULTS_KEPT} keys have a fault; reset the mock, or one key, to forget them.")
            self._faults[key] = fault
            self._ledger.note(Table.FAULT, key, Change.MOVED)
            if fault.times is not None:
                self._left[key] = fault.times

    def restore(self, key: str | None, fault: Fault) -> None:
        """Keep what an engine has written, where it stood."""
        self._faults[key] = fault
        self._left.pop(key, None)
        if fault.times is not None:
            self._left[key] = fault.times

    def drop(self, key: str | None) -> None:
        """Let go of what an engine has not any more."""
        self._faults.pop(key, None)
        self._left.pop(key, None)

    def reset(self, key: str | None) -> None:
        """Forget one key's fault, or all."""
        if key is not None:
            return self._clear(key)
        self._ledger.emptied(Table.FAULT)
        self._faults.clear()
        self._left.clear()

    def all(self) -> list[tuple[str | None, Fault]]:
        """Every fault that is set, by key, with the requests that it is left for."""
        return [(key, self.left(key)) for key in self._faults]

    def left(self, key: str | None) -> Fault:
        """The fault that is set for a key, with the requests that it is left for."""
        return replace(self._faults[key], times=self._left.get(key))

    def take(self, key: str | None) -> Fault | None:
        """The fault of one request, if there is one."""
        if not self._faults:
            return None
        of = key if key in self._faults else None
        fault = self._faults.get(of)
        if of in self._left:
            self._left[of] -= 1
            self._ledger.note(Table.FAULT, of)
            if not self._left[of]:
                self._clear(of)
        return fault

    def _clear(self, key: str | None) -> None:
        self._ledger.note(Table.FAULT, key, Change.GONE)
        self._faults.pop(key, None)
        self._left.pop(key, None)
