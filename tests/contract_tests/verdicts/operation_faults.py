"""What comes for requests to operations beside extend, with one planted fault each, and the rule that it breaks."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from itertools import chain
from typing import Any, Final

from contract_tests.documents.operation import Operation
from contract_tests.documents.published import Published
from contract_tests.probes.operations import OperationProbes
from contract_tests.receiver.receiver import Arrival
from contract_tests.verdicts.operations import Outcome, callback_findings, record_findings, reply_findings
from tests.courses import GOOD, TRACKS, arrival, exchange

KIE: Final = Published.read("kie")
BY_NAME: Final = {each.name: each for each in KIE.operations}
URL: Final = "https://media.invalid/a"
VARIANT: Final = {"text": "[Verse] One", "title": "One", "status": "complete"}
CONVERTED: Final = {
    "taskId": "5c79",
    "musicId": "e231",
    "callbackUrl": "http://127.0.0.1:1/",
    "musicIndex": 0,
    "completeTime": 1,
    "successFlag": "SUCCESS",
    "createTime": 1,
    "errorCode": None,
    "errorMessage": None,
}
CALLBACKS: Final[dict[str, dict[str, Any]]] = {
    "lyrics": {"callbackType": "complete", "task_id": "5c79", "data": [{**VARIANT, "error_message": ""}]},
    "wav": {"audioWavUrl": URL, "task_id": "5c79"},
    "mp4": {"task_id": "5c79", "video_url": URL},
    "vocal-removal": {
        "task_id": "5c79",
        "vocal_separation_info": {"origin_url": "", "vocal_url": f"{URL}_Vocals.mp3", "instrumental_url": f"{URL}.mp3"},
    },
}
"""`data` of callbacks, as kie's pages have them."""
RECORDS: Final[dict[str, dict[str, Any]]] = {
    "lyrics": {
        "taskId": "5c79",
        "param": "{}",
        "status": "SUCCESS",
        "type": "LYRICS",
        "errorCode": None,
        "errorMessage": None,
        "response": {"taskId": "5c79", "data": [VARIANT]},
    },
    "wav": {**CONVERTED, "response": {"audioWavUrl": URL}},
    "mp4": {**CONVERTED, "response": {"videoUrl": URL}},
    "vocal-removal": {**CONVERTED, "response": {"vocalUrl": f"{URL}_Vocals.mp3", "instrumentalUrl": f"{URL}.mp3"}},
}
"""`data` of records, as kie's pages have them."""
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "style": {
        "taskId": "5c79",
        "param": "{}",
        "result": "Pop, with warm synths",
        "creditsConsumed": 0.4,
        "creditsRemaining": 88,
        "successFlag": "1",
        "errorCode": None,
        "errorMessage": "",
        "createTime": 1,
    },
    "timestamped-lyrics": {
        "alignedWords": [{"word": "[Verse]\nOne", "success": True, "startS": 0.5, "endS": 1, "palign": 0}],
        "waveformData": [0, 0.5],
        "hootCer": 0.1,
        "isStreamed": False,
    },
    "persona": {"personaId": "persona_1", "name": "One", "description": "Sings"},
}
"""`data` of answers that have all at once, as the pages have them."""
TASKS: Final = tuple(CALLBACKS)
Change = Callable[[dict[str, Any], dict[str, Any]], object]
"""Changes the body of the callback or the record, in place."""


def outcome(name: str, change: Change = lambda body, record: None, *more: Any, **parts: Any) -> Outcome:
    """What came for a task of an operation; `more` are further callbacks."""
    body = {"code": 200, "msg": "success", "data": deepcopy(CALLBACKS[name])}
    record = deepcopy(RECORDS[name])
    change(body, record)
    came = [each if isinstance(each, Arrival) else arrival(each) for each in (body, *more)]
    whole: dict[str, Any] = {"operation": BY_NAME[name], "exchange": exchange(), "arrivals": came, "record": record}
    return Outcome(**{**whole, **parts})


def broken(outcome: Outcome) -> list[str]:
    """The rules that a task breaks."""
    return [each.rule for each in (*callback_findings(outcome), *record_findings(outcome))]


def replied(operation: Operation, body: Any, rule: str = "valid", **changes: Any) -> list[str]:
    """The rules that an answer breaks, to the valid request or to the first that breaks a rule."""
    probes = OperationProbes(operation, KIE, TRACKS)
    every = [probes.valid(), *probes.refusals(), *probes.repeated()]
    probe = next(each for each in every if each.rule == f"{operation.name}.{rule}")
    came = exchange(body, probe, **changes)
    return [each.rule for each in reply_findings(probe, came, operation, KIE.terms)]


def put(place: str, value: Any) -> Change:
    """Sets what stands at a place such as `body.data.task_id`; `...` takes it away."""

    def change(body: dict[str, Any], record: dict[str, Any]) -> None:
        first, *names, last = place.split(".")
        tree: Any = {"body": body, "record": record}[first]
        for name in names:
            tree = tree[int(name)] if name.isdigit() else tree[name]
        if value is ...:
            del tree[last]
        else:
            tree[last] = value

    return change


def _told(name: str) -> Mapping[str, str]:
    """By place, the rule that nothing there breaks."""
    return {
        "lyrics": {
            "body.data.data.0.text": "lyrics.callback.text",
            "record.response.data.0.text": "lyrics.record.text",
        },
        "wav": {"body.data.audioWavUrl": "wav.callback.url", "record.response.audioWavUrl": "wav.record.url"},
        "mp4": {"body.data.video_url": "mp4.callback.url", "record.response.videoUrl": "mp4.record.url"},
        "vocal-removal": {
            "body.data.vocal_separation_info.vocal_url": "vocal-removal.callback.vocal",
            "body.data.vocal_separation_info.instrumental_url": "vocal-removal.callback.instrumental",
            "record.response.vocalUrl": "vocal-removal.record.vocal",
        },
    }[name]


STATUS: Final = {
    "lyrics": "record.status",
    "wav": "record.successFlag",
    "mp4": "record.successFlag",
    "vocal-removal": "record.successFlag",
}
EXTRA: Final = {
    "lyrics": "record.type",
    "wav": "record.musicId",
    "mp4": "record.musicIndex",
    "vocal-removal": "record.createTime",
}
OTHER: Final = {
    "lyrics": ("record.response.data.0.text", "[Verse] Two"),
    "wav": ("record.response.audioWavUrl", f"{URL}/2"),
    "mp4": ("record.response.videoUrl", f"{URL}/2"),
    "vocal-removal": ("record.response.vocalUrl", f"{URL}/2"),
}


def faults(name: str) -> list[tuple[str, Outcome, str]]:
    """Of a task: what is wrong, what came, and the rule."""
    every: list[tuple[str, Change, str]] = [
        ("no code", put("body.code", ...), "callback.code"),
        ("another code", put("body.code", 418), "callback.code"),
        ("no msg", put("body.msg", ""), "callback.msg"),
        ("another task", put("body.data.task_id", "other"), "callback.task_id"),
        ("the name that siblings have", put("body.data.task_id", ...), f"{name}.callback.members"),
        ("a record of another", put("record.taskId", "other"), "polling.taskId"),
        ("no taskId in the record", put("record.taskId", ""), f"{name}.record"),
        ("still pending", put(STATUS[name], "PENDING"), f"{name}.record.status"),
        ("failed in the record", put(STATUS[name], "CREATE_TASK_FAILED"), f"{name}.record.status"),
        ("a word of nobody", put(STATUS[name], "DONE"), f"{name}.record.word"),
        ("a member of the record is missing", put(EXTRA[name], ...), f"{name}.record.members"),
        ("something else in the record", put(*OTHER[name]), f"{name}.record.agrees"),
        *[(f"{place} {value!r}", put(place, value), rule) for place, rule in _told(name).items() for value in ("", 5)],
    ]
    failure = {"code": 500, "msg": "It failed.", "data": {"task_id": "other"}}
    return [
        *((says, outcome(name, change), rule) for says, change, rule in every),
        ("no callback", outcome(name, arrivals=[]), f"{name}.callback"),
        ("no JSON", outcome(name, arrivals=[arrival(b"<html>")]), "callback.json"),
        ("PUT", outcome(name, arrivals=[arrival(outcome(name).bodies[0], method="PUT")]), "callback.method"),
        ("no type", outcome(name, arrivals=[arrival(outcome(name).bodies[0], headers={})]), "callback.contentType"),
        ("twice", outcome(name, arrivals=[*outcome(name).arrivals] * 2), "callback.once"),
        ("no record", outcome(name, record=None), f"{name}.record"),
        ("failure of another", outcome(name, arrivals=[arrival(failure)]), "failure.task_id"),
        ("failed, and polling says SUCCESS", outcome(name, arrivals=[arrival(failure)]), "failure.status"),
    ]


BAD: Final = {"code": 422, "msg": "It is wrong.", "data": None}
REPLIES: Final[list[tuple[Any, str, dict[str, Any], str]]] = [
    (GOOD, "auth.missing", {}, "auth.missing"),
    (GOOD, "callBackUrl.required", {}, "callBackUrl.required"),
    ({**BAD, "code": 500}, "callBackUrl.type", {}, "refusal.server_error"),
    ({**BAD, "data": {"taskId": "5c79"}}, "callBackUrl.type", {}, "refusal.taskId"),
    (BAD, "valid", {}, "valid"),
    ({**GOOD, "data": {}}, "valid", {}, "answer.taskId"),
    (b"<html>", "valid", {}, "answer.json"),
    (GOOD, "valid", {"status": 201}, "answer.success"),
    (GOOD, "valid", {"error": "ReadTimeout: slow"}, "answer.given"),
    (GOOD, "valid", {"answered": 120.0}, "answer.soon"),
]
"""Body of an answer, the rule of the request by its end, how else the answer differs, and the rule that it breaks."""


AT_ONCE: Final[list[tuple[str, Change, str]]] = [
    ("style", put("body.data.result", ""), "style.answer.result"),
    ("style", put("body.data.successFlag", ...), "style.answer.members"),
    ("style", put("body.data", None), "style.answer.result"),
    ("timestamped-lyrics", put("body.data.alignedWords", ...), "timestamped-lyrics.answer.members"),
    ("timestamped-lyrics", put("body.data.alignedWords.0.word", 5), "timestamped-lyrics.answer.word"),
    ("timestamped-lyrics", put("body.data.alignedWords.0.startS", "0.5"), "timestamped-lyrics.answer.start"),
    ("timestamped-lyrics", put("body.data.alignedWords.0.endS", ...), "timestamped-lyrics.answer.end"),
    ("timestamped-lyrics", put("body.data.hootCer", ...), "timestamped-lyrics.answer.members"),
    ("persona", put("body.data.personaId", ""), "persona.answer.id"),
    ("persona", put("body.data.name", ...), "persona.answer.members"),
]
"""Operation, what is otherwise in its answer, and the rule that this breaks."""


def at_once(name: str, change: Change = lambda body, record: None) -> list[str]:
    """The rules that an answer breaks that has all at once."""
    body = {"code": 200, "msg": "success", "data": deepcopy(ANSWERS[name])}
    change(body, {})
    return replied(BY_NAME[name], body)


def found() -> set[str]:
    """Every rule that the judges find broken in one of these."""
    return {
        *chain.from_iterable(at_once(name, change) for name, change, _ in AT_ONCE),
        *(rule for name in ANSWERS for rule in replied(BY_NAME[name], GOOD, "auth.missing")),
        *(rule for name in ANSWERS for rule in replied(BY_NAME[name], BAD)),
        *chain.from_iterable(broken(each) for name in TASKS for _, each, _ in faults(name)),
        *chain.from_iterable(
            replied(BY_NAME[name], body, rule, **changes) for name in TASKS for body, rule, changes, _ in REPLIES
        ),
    }
