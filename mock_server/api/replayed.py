"""What a recording holds is answered as it was recorded; what it does not hold is left to the profile. Both are told
apart by a header."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from mock_server.api.admission import Admission
from mock_server.api.judgement import Check, Judgement
from mock_server.api.record_info import wanted
from mock_server.contract.alike import CALLBACK_URL, IDS, Match, Members, differing, members
from mock_server.contract.body_validator import is_http_url
from mock_server.contract.course import Course, Recorded, Told
from mock_server.contract.decode import decode
from mock_server.contract.operations import Operation
from mock_server.core.errors import ApiError
from mock_server.core.text import cut, printable
from mock_server.domain.answer import REPLAY, Answer, not_sent, succeeded
from mock_server.domain.call import Call
from mock_server.domain.opening import Draft
from mock_server.domain.owed import receiver_of
from mock_server.domain.polling_body import record
from mock_server.domain.proposal import Decision
from mock_server.domain.replay import Replay
from mock_server.domain.replayed import answered_again, parsed, polled_at, told_again
from mock_server.domain.tasks import Task
from mock_server.runtime import Runtime


class Replayed:
    """Judges the calls of one operation by a recording. `own` are the checks that the mock makes all the same: of the
    key, and whether it is in maintenance."""

    def __init__(
        self,
        replay: Replay,
        operation: Operation,
        own: Mapping[str, Check],
        runtime: Runtime,
    ) -> None:
        self._replay = replay
        self._alike = replay.alike(operation.name)
        self._operation = operation
        self._own = own
        self._store = runtime.store
        self._catalogue = runtime.catalogue
        self._scenarios = runtime.scenarios
        self._track_maker = runtime.track_maker
        self._policy = runtime.policy

    async def checks(self, judgement: Judgement, ordinary: Sequence[Check]) -> Sequence[Check]:
        """What is checked of a call that was recorded, or the `ordinary` checks where none like it was."""
        call = judgement.call
        if await self._is_asked_otherwise(call):
            return self._left(judgement, ordinary, "a scenario was asked for")
        task = await self._task(call)
        if task is not None and task.scenario.course is not None:
            judgement.mark = _marked("profile; the mock itself refuses it")
            return [*self._own.values(), partial(self._poll, task, task.scenario.course)]
        if task is not None:
            return self._left(judgement, ordinary, "no recorded course answers this task")
        if self._alike is None:
            return self._left(judgement, ordinary, f"nothing of {self._operation.name} was recorded")
        told = await self._told(call)
        match = self._alike.found(told, partial(self._accepts, judgement))
        if match is None:
            return self._left(judgement, ordinary, f"no such request was recorded: {self._alike.nearest(told)}")
        return self._played(judgement, told, match)

    def _left(self, judgement: Judgement, ordinary: Sequence[Check], why: str) -> Sequence[Check]:
        judgement.mark = _marked(f"profile; {why}")
        return ordinary

    def _played(self, judgement: Judgement, told: Members, match: Match) -> Sequence[Check]:
        key = judgement.call.key
        turn = self._replay.turns.take(key, (self._operation.name, match.name))
        recorded = match.recorded[turn % len(match.recorded)]
        others = differing(told, recorded, match.same)
        note = "; ".join(["recorded", f"line {recorded.line}", *([f"other {', '.join(others)}"] if others else [])])
        judgement.mark = _marked("profile; the mock itself refuses it")
        of_nobody = key is None and not recorded.keyed and recorded.course is None
        own = [check for name, check in self._own.items() if name != "key" or not of_nobody]
        return [*own, partial(self._propose, recorded, note)]

    async def _is_asked_otherwise(self, call: Call) -> bool:
        """Whether somebody asked for a scenario, in the request or for the key."""
        audio_id = parsed(call.body or b"").get("audioId")
        try:
            chosen = self._scenarios.chosen(call.prefer, audio_id, call.key or "")
        except ApiError:
            return True
        account = None if call.key is None else await self._store.account(call.key)
        queued = account is not None and (account.queued or account.standing is not None)
        return chosen is not None or bool(queued and self._operation.method == "POST")

    async def _task(self, call: Call) -> Task | None:
        """The task that a poll asks about, if the key has it."""
        found = await self._store.task(wanted(call)) if self._operation.method == "GET" and call.query else None
        if found is None or found.key != call.key:
            return None
        task = self._catalogue.task(found)
        return task if task.operation.polled_by == self._operation.name else None

    async def _told(self, call: Call) -> Members:
        """The request as it is compared: what a replayed task made has the ids that it had in the recording."""
        told = dict(members(call.body or b"", call.content_type, call.query.decode("latin-1"), keyed=bool(call.key)))
        asked = parsed(call.body or b"")
        for name in IDS:
            value = asked.get(name)
            if isinstance(value, str):
                told[name] = json.dumps(await self._recorded_id(call.key, value))
        return told

    async def _recorded_id(self, key: str | None, id: str) -> str:
        found = await self._store.task(id) or await self._store.task_of_track(id)
        if found is None or found.key != key:
            return id
        course = self._catalogue.task(found).scenario.course
        if course is None:
            return id
        return {found.id: course.task_id, **dict(zip(found.tracks, course.tracks, strict=True))}[id]

    def _accepts(self, judgement: Judgement) -> bool:
        """Whether the rules of the profile have nothing against the body."""
        call, name = judgement.call, self._operation.name
        decoded = decode(name, call.content_type, call.body, call.content_encoding, call.lost)
        return decoded.refusal is None and judgement.edition.contract(name).accepts(decoded.value)

    def _propose(self, recorded: Recorded, note: str, judgement: Judgement) -> None:
        judgement.succeeded = partial(self._answer, recorded, note)
        scenario = self._replay.scenario(recorded)
        if scenario is None:
            judgement.price = 0
            return
        url = parsed(judgement.call.body or b"").get(CALLBACK_URL)
        url = url if isinstance(url, str) and is_http_url(url) else ""
        judgement.receiver = receiver_of(url)
        judgement.leave("room")
        judgement.leave("credits")
        judgement.draft = Draft(
            self._track_maker.seed,
            judgement.account,
            judgement.call.body or b"",
            url,
            self._operation,
            None,
            judgement.edition,
            judgement.terms.pace.speed,
            judgement.call.base_url,
            replays=scenario,
        )
        judgement.opens = judgement.draft.opened

    def _answer(self, recorded: Recorded, note: str, judgement: Judgement, decision: Decision) -> Answer:
        told, opened = recorded.answer, decision.record
        answer = _as_told(told, note, judgement)
        if opened is None:
            asked = judgement.call.body or b""
            answer.body = answered_again(recorded.message.sent, asked, told.text).encode()
            return answer
        task = self._catalogue.task(opened)
        course = cast(Course, task.scenario.course)
        answer.body = told_again(task, course, told.text, self._track_maker).encode()
        answer.record, answer.scenario = opened, opened.scenario
        refusal = self._policy.refusal(opened.callback_url) if course.callbacks else ""
        none = {} if course.callbacks else _marked(f"{note}; no callback of it was recorded, and none is sent")
        answer.headers = {**answer.headers, **none, **not_sent(refusal)}
        return answer

    def _poll(self, task: Task, course: Course, judgement: Judgement) -> None:
        judgement.succeeded = partial(self._polled, task, course)

    def _polled(self, task: Task, course: Course, judgement: Judgement, decision: Decision) -> Answer:
        told = polled_at(task, course, decision.at)
        if told is None:
            answer = succeeded(record(task, decision.at, self._track_maker), task.edition)
            answer.headers = {**answer.headers, **_marked("profile; no poll was recorded between these callbacks")}
            return answer
        answer = _as_told(told, f"recorded; line {told.line}", judgement)
        answer.body = told_again(task, course, told.text, self._track_maker).encode()
        return answer


def replayed_operations(replay: Replay, admission: Admission, runtime: Runtime) -> Mapping[str, Replayed]:
    """What judges by a recording, by operation."""
    found = {}
    for operation in runtime.editions.profile.operations.values():
        checks = admission.of_post() if operation.method == "POST" else admission.of_get()
        own = {name: checks[name] for name in ("key", "maintenance")}
        found[operation.name] = Replayed(replay, operation, own, runtime)
    return found


def _as_told(told: Told, note: str, judgement: Judgement) -> Answer:
    headers: dict[str, Any] = {}
    for name, value in told.headers:
        headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
    kind = headers.pop("content-type", judgement.edition.readings.content_type)
    return Answer(told.status, told.code, told.msg, b"", kind, {**headers, **_marked(note)})


def _marked(text: str) -> dict[str, str]:
    """On one line of ASCII, since the names in it are the client's."""
    return {REPLAY: printable(cut(text, 500)).encode("ascii", "backslashreplace").decode()}
