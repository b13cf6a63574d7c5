"""The bodies of callbacks for a user's own receiver, as the documents and the open questions allow them. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from contract_tests.documents.published import Published
from contract_tests.probes.request import JSON

Change = Callable[[dict[str, Any]], dict[str, Any]]
MULTIBYTE: Final = "夜の灯り 🎹 é"
LONGEST_PROMPT: Final = 5000
SIBLING_CODES: Final[Mapping[int, str]] = {451: "Failed to fetch the source audio (siblings of this API)."}
"""Codes of failures that no document of ours lists, and siblings of the API do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One callback. `event` is a stage, or the code with which the task failed. `task` tells the tasks of a case apart.
    `readings` replace those of the profile. `form` is one of FORMS."""

    event: str | int
    task: str = "a"
    readings: Mapping[str, str] = field(default_factory=dict)
    form: str = "plain"

    def __str__(self) -> str:
        return f"{self.event} of task {self.task}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a body is written, and what it holds beside the documented fields."""

    change: Change = lambda body: body
    ascii: bool = False
    sorted: bool = False
    content_type: str = JSON


class Bodies:
    """Writes callbacks for one profile. The same seed gives the same ids; another seed gives other tasks."""

    def __init__(self, published: Published, seed: int) -> None:
        self._published = published
        self._seed = seed
        self._texts = {**SIBLING_CODES, **published.callback_codes}

    def body(self, case: str, callback: Callback) -> bytes:
        """The bytes of one callback of a case."""
        picks = {**self._published.picks, **callback.readings}
        task = f"{self._seed}/{case}/{callback.task}"
        made = self._stage if isinstance(callback.event, str) else self._failure
        form = FORMS[callback.form]
        body = form.change(made(callback.event, task, picks))
        return json.dumps(body, ensure_ascii=form.ascii, sort_keys=form.sorted).encode()

    def _stage(self, stage: Any, task: str, picks: Mapping[str, str]) -> dict[str, Any]:
        shown, finished = {
            "text": (2 if picks["text_items"] == "both" else 0, 0),
            "first": (2 if picks["first_items"] == "both" else 1, 1),
            "complete": (2, 2),
        }[stage]
        tracks = [self._track(number, task, picks, number < finished) for number in range(shown)]
        msg = self._published.family["stages"][stage]["msg"]
        return _envelope(200, msg, {"callbackType": stage, "task_id": _hex(task), "data": tracks})

    def _failure(self, code: Any, task: str, picks: Mapping[str, str]) -> dict[str, Any]:
        data = self._published.questions["failure_data"]["readings"][picks["failure_data"]]["value"]
        return _envelope(
            code, self._texts[code], {"callbackType": picks["failure_type"], "task_id": _hex(task), **data}
        )

    def _track(self, number: int, task: str, picks: Mapping[str, str], finished: bool) -> dict[str, Any]:
        """A track of the documented example with an id of its own; an unfinished one has neither audio nor length."""
        example = self._published.callback_example["data"]["data"][number]
        identity = str(UUID(_hex(f"{task}/{number}"), version=4))
        track = {**example, "id": identity, "createTime": _time(example["createTime"], picks["create_time"])}
        if not finished:
            track["audio_url"] = ""
            del track["duration"]
        if picks["source_urls"] == "present":
            urls = [name for name in track if name.endswith("_url") and track[name]]
            track |= {f"source_{name}": track[name] for name in urls}
        return track


def _envelope(code: int, msg: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": code, "msg": msg, "data": data}


def _hex(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _time(example: str, reading: str) -> str | int:
    moment = datetime.fromisoformat(example).replace(tzinfo=UTC)
    written: dict[str, str | int] = {
        "string": example,
        "rfc3339": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "epoch_ms": round(moment.timestamp() * 1000),
    }
    return written[reading]


def _with_tracks(body: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    tracks = [{**track, **changes} for track in body["data"]["data"]]
    return {**body, "data": {**body["data"], "data": tracks}}


def _unknown(body: dict[str, Any]) -> dict[str, Any]:
    """Fields that no document names, at every depth and of every type."""
    new = {"new_text": "x", "new_null": None, "new_list": [1], "new_object": {"deep": {"deeper": True}}}
    body = _with_tracks(body, new)
    return {**body, **new, "data": {**body["data"], **new}}


FORMS: Final[Mapping[str, Form]] = {
    "plain": Form(),
    "unknown": Form(change=_unknown),
    "sorted": Form(sorted=True),
    "charset": Form(content_type="application/json;charset=utf-8"),
    "multibyte": Form(change=lambda body: _with_tracks(body, {"title": MULTIBYTE, "tags": MULTIBYTE})),
    "escaped": Form(change=lambda body: _with_tracks(body, {"title": MULTIBYTE, "tags": MULTIBYTE}), ascii=True),
    "long": Form(change=lambda body: _with_tracks(body, {"prompt": "漢" * LONGEST_PROMPT})),
    "whole": Form(change=lambda body: _with_tracks(body, {"duration": 198})),
}
