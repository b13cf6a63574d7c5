"""One task or one request in full, as a page shows it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson

from mock_server.control.control import Control
from mock_server.control.views import TaskView, TimelinePoint, task_view, timeline
from mock_server.core.errors import NoSuch
from mock_server.core.text import cut
from mock_server.domain.attempt import Outcome
from mock_server.domain.curl import text_of
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.kept_answer import body_shown, masked_headers, texts
from mock_server.domain.masking import masked_whole
from mock_server.domain.owed import Owed
from mock_server.domain.replayed import shown_by_polling
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan, progress, reached_at
from mock_server.media.files import gone_after
from mock_server.pages.bodies import compared, lines_of
from mock_server.pages.delivered import BAD, DULL, GOOD, TONES, Attempts, trouble_of
from mock_server.pages.exchanges import (
    SEEN,
    URL_SHOWN,
    Body,
    Exchange,
    answered,
    exchange_of,
    readable_text,
    shown_headers,
    unchanged,
    unchanged_lines,
)
from mock_server.pages.filters import facts_of, tone_of
from mock_server.pages.playable import Playable, playables
from mock_server.pages.shown_keys import label
from mock_server.pages.waterfall import Waterfall, waterfall
from mock_server.state.journal_entries import Attempted, Requested
from mock_server.state.journal_match import Match

WORDS: Final[Mapping[str, str]] = {"expected": "to come", "owed": "callback to come"}
"""A moment in other words, where its own tell less."""
ATTEMPTS_SHOWN: Final = 100
"""Attempts of a timeline, the newest ones."""
CURL_SHOWN: Final = 50_000
"""Characters of a curl that a page carries; the journal has those of larger bodies."""
TONE_OF: Final[Mapping[str, str]] = {"accepted": GOOD, "reached": GOOD, "failed": BAD}
"""The tone of a moment; all others are still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of a task's timeline. `at` in epoch seconds, `after` in seconds behind the answer, both on the mock's
    clock; `curl` repeats it, where it can be repeated."""

    at: float
    after: float
    what: str
    detail: str
    tone: str
    curl: str | None = None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDetail:
    """A task: how it stands, what happened and will, its tracks, every body, and the stages that can be delivered once
    more. `trouble` says which callbacks fail, if any. `earlier` counts attempts left out. `gone_after`: the days
    that its files were kept for, once they are gone; `journaled`: whether the journal has anything of it."""

    view: TaskView
    key: str
    callback_url: str
    tone: str
    trouble: str
    summary: str
    model: str
    readings: str
    happenings: Sequence[Happening]
    waterfall: Waterfall | None
    earlier: int
    tracks: Sequence[Playable]
    gone_after: float | None
    bodies: Sequence[Body]
    again: Sequence[str]
    journaled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetail:
    """A request by itself; `target` is its path with its query."""

    entry: Requested
    key: str
    target: str
    body: Body
    answer: Body


class Details:
    """Looks up the tasks and requests that one mock keeps."""

    def __init__(self, control: Control, track_maker: TrackMaker, base_url: str) -> None:
        self._control = control
        self._track_maker = track_maker
        self._base_url = base_url

    async def request(self, entry_id: str) -> RequestDetail:
        """A request by its entry's id. Raises NoSuch."""
        entry = await self._control.entry(entry_id)
        if not isinstance(entry, Requested):
            raise NoSuch(f"entry {cut(entry_id)!r} of the journal is no request; its task has it in its timeline")
        body, answer = self._sent(entry), answered(entry.answer)
        key = label(entry.call.key)
        return RequestDetail(entry=entry, key=key, target=entry.call.target, body=body, answer=answer)

    async def task(self, task_id: str) -> TaskDetail:
        """A task by its id. Raises NoSuch."""
        task = await self._control.find_task(task_id)
        store = self._control.store
        now = (await store.moment()).now
        entries = await self._control.entries(Match(task_id=task_id))
        sent = next((entry for entry in entries if isinstance(entry, Requested)), None)
        attempts = [entry for entry in entries if isinstance(entry, Attempted)]
        owed, asked = await store.owed(task_id), f"taskId={task_id}".encode()
        requests = await self._control.entries(Match(kind="request"))
        polls = [each for each in requests if isinstance(each, Requested) and asked in each.call.query]
        return TaskDetail(
            view=task_view(task, now),
            key=label(task.key),
            callback_url=cut(masked_whole(task.callback_url), URL_SHOWN),
            tone=tone_of(task, facts_of(task, now)),
            trouble=trouble_of(Attempts(attempts).stages(task_id)),
            summary=task.scenario.summary,
            model=task.request.model,
            readings="" if sent is None else sent.readings,
            happenings=self._happenings(task, sent, attempts[-ATTEMPTS_SHOWN:], owed, now),
            waterfall=waterfall(timeline(task, (), owed, now), attempts, polls, task.created),
            earlier=max(0, len(attempts) - ATTEMPTS_SHOWN),
            tracks=playables([*self._track_maker.there(task, progress(task, now).stage)]),
            gone_after=await gone_after(store, task),
            bodies=[
                self._asked(task, sent),
                *([answered(sent.answer)] if sent else []),
                *_told(attempts),
                self._polled(task, now),
            ],
            journaled=bool(entries),
            again=[*dict.fromkeys(each.step.stage for each in plan(task) if reached_at(task, each.step.stage) <= now)],
        )

    def _happenings(
        self,
        task: Task,
        sent: Requested | None,
        attempts: Sequence[Attempted],
        owed: Sequence[Owed],
        now: float,
    ) -> Sequence[Happening]:
        accepted, *moments = timeline(task, (), owed, now)
        first = replace(_moment(task, accepted), detail=f"{task.operation.name}, scenario {task.scenario.name}")
        if sent is not None:
            answered = f"HTTP {sent.status}, code {sent.code}; {first.detail}"
            first = replace(first, detail=answered, curl=self._curl(sent))
        waited_for = {each.stage for each in self._control.under_way() if each.task_id == task.id}
        found = [_moment(task, each, waited_for) for each in moments] + [_attempt(task, each) for each in attempts]
        return [first, *sorted(found, key=lambda each: each.at)]

    def _asked(self, task: Task, sent: Requested | None) -> Body:
        """The request, or what it would have been of a task that was triggered."""
        if sent:
            return self._sent(sent)
        text = text_of(task.record.body) or ""
        return Body(name="request", lines=unchanged(text), text=text)

    def _sent(self, entry: Requested) -> Body:
        call = entry.call
        head = [f"{call.method} {call.target}", *shown_headers(masked_headers(texts(call.headers[:SEEN]), call.key))]
        text, note = readable_text(body_shown(call.body, is_cut=call.left_out > 0))
        if call.left_out:
            note = (
                f"{len(call.body or b'')} bytes of its body are kept, {call.left_out} more came: it was refused unread."
            )
        again = not call.left_out
        return Body(
            name="request", head=head, lines=unchanged(text), text=text, curl=self._curl(entry), note=note, sent=again
        )

    def _curl(self, entry: Requested) -> str | None:
        """The curl of a request, where a page can carry it."""
        fits = entry.repeatable and len(entry.call.body or b"") <= CURL_SHOWN
        return _copied(entry.curl(self._base_url)) if fits else None

    def _polled(self, task: Task, now: float) -> Body:
        told = orjson.dumps(shown_by_polling(task, now, self._track_maker)).decode()
        return Body(name="polling says now", lines=unchanged(told), text=told, sent=False)


def _told(attempts: Sequence[Attempted]) -> Iterator[Body]:
    """The body of each stage, as it was sent last, against that of the stage before."""
    before: Sequence[str] = ()
    for each in {each.stage: each for each in attempts if each.body}.values():
        text = text_of(each.body) or ""
        lines = lines_of(text)
        changed = [*compared(before, lines)] if before else unchanged_lines(lines)
        yield Body(name=each.stage, lines=changed, text=text, curl=_copied(each.curl()))
        before = lines


def _copied(curl: str) -> str | None:
    """A curl that a page can carry."""
    return curl if len(curl) <= CURL_SHOWN else None


def _moment(task: Task, moment: TimelinePoint, waited_for: Collection[str | None] = ()) -> Happening:
    word = "callback under way" if moment.what == "owed" and moment.stage in waited_for else WORDS.get(moment.what)
    return Happening(
        at=moment.at,
        after=moment.at - task.created,
        what=" ".join(filter(None, [moment.stage, word or moment.what])),
        detail=moment.detail,
        tone=TONE_OF.get(moment.what, DULL),
    )


def _attempt(task: Task, attempt: Attempted) -> Happening:
    again = "once more" if attempt.redelivered else f"attempt {attempt.number}" if attempt.number > 1 else ""
    took = "" if attempt.outcome is Outcome.UNDELIVERED else f"{attempt.took * 1000:.0f} ms"
    return Happening(
        at=attempt.at,
        after=attempt.at - task.created,
        what=f"{attempt.stage} callback {attempt.outcome.replace('_', ' ')}",
        detail=", ".join(filter(None, [again, attempt.detail, took])),
        tone=TONES.get(attempt.outcome, BAD),
        curl=_copied(attempt.curl()) if attempt.body else None,
        exchange=exchange_of(attempt),
    )
