"""Servers whose answers have a fault: a code, a member, bytes, a status, or another answer each time."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from contract_tests.targets.behaviour import GONE, KEY, Answer, Asked, Behaviour
from contract_tests.targets.changes import (
    Change,
    answering,
    is_code,
    is_extend,
    is_refusal,
    refusing,
    with_members,
)
from contract_tests.targets.edition import ANSWERS, FLAG, Edition
from contract_tests.targets.faults.answer_bytes import Family, body_of, damaged, styles

INSTEAD: Final[Mapping[int, tuple[int, ...]]] = {
    401: (403, 422),
    402: (401, 422, 429),
    404: (500,),
    409: (404, 422),
    422: (400, 401, 500),
    429: (402, 503),
    451: (401, 422),
    455: (429, 503),
    500: (422, 455),
}
"""By code: the codes that a server tells in its place."""
FAKE: Final = "5c79be8e0000400080000000000000aa"


def _codes(edition: Edition) -> Family:
    for code, others in INSTEAD.items():
        for other in others:
            rules = (f"code.{code}", "answer.code.*", *RULES.get(code, ()))
            yield f"tells {other} in place of {code}", rules, _told(code, other)
    for code in (404, 409, 451, 455, 500):
        yield f"tells success in place of {code}", (f"code.{code}", *RULES.get(code, ()), "answer.*"), _told(code, 200)


RULES: Final = {
    401: ("extend.auth.*",),
    422: ("extend.*",),
    404: ("extend.audioId.known", "extend.method", "polling*", "unknown*"),
}


def _told(code: int, other: int) -> Change:
    def change(answer: Answer) -> Answer:
        status = other if answer.status == code else answer.status
        return replace(answer.merged({"code": other, "msg": ANSWERS.get(other, "success")}), status=status)

    applies = (lambda asked, answer: answer.code == code) if code == 404 else is_code(code)
    return answering(applies, change)


def _successes(edition: Edition) -> Family:
    for name, changes in (
        ("code as a text", {"code": "200"}),
        ("no code", {"code": GONE}),
        ("code null", {"code": None}),
        ("code 0", {"code": 0}),
        ("code 201", {"code": 201}),
        ("code as a fraction", {"code": 200.5}),
        ("code as a flag", {"code": True}),
        ("msg null", {"msg": None}),
        ("a number as msg", {"msg": 0}),
        ("a list as msg", {"msg": ["success"]}),
        ("no data", {"data": GONE}),
        ("data null", {"data": None}),
        ("a list as data", {"data": [{"taskId": FAKE}]}),
        ("a text as data", {"data": FAKE}),
        ("no taskId", {"data": {"taskId": GONE}}),
        ("a number as taskId", {"data": {"taskId": 5}}),
        ("an empty taskId", {"data": {"taskId": ""}}),
        ("taskId null", {"data": {"taskId": None}}),
        ("task_id in place of taskId", {"data": {"taskId": GONE, "task_id": FAKE}}),
        ("taskID in place of taskId", {"data": {"taskId": GONE, "taskID": FAKE}}),
        ("the same taskId for all", {"data": {"taskId": FAKE}}),
    ):
        yield (
            f"success with {name}",
            ("answer.*", "extend.*", "callback.task_id", "polling*"),
            with_members(is_code(200), changes),
        )


def _refusals(edition: Edition) -> Family:
    for code in (401, 422):
        for name, changes in (
            ("code as a text", {"code": str(code)}),
            ("no code", {"code": GONE}),
            ("no msg", {"msg": GONE}),
            ("an empty msg", {"msg": ""}),
            ("a list as msg", {"msg": ["wrong"]}),
            ("a taskId", {"data": {"taskId": FAKE}}),
        ):
            rules = ("answer.*", "refusal.*", f"code.{code}", *RULES[code], "polling*")
            applies = is_code(code)
            yield f"{code} with {name}", rules, with_members(applies, changes)


def _unstable(edition: Edition) -> Family:
    every = ("answer.*", "extend.*", "*stable*")
    yield "refuses every seventh legal request", every, _each(7, _told(200, 500))
    yield "refuses every other request with the original parameters", every, _refusing_other_originals
    yield (
        "gives the key in place of every third taskId",
        every,
        _each(3, with_members(is_code(200), {"data": {"taskId": KEY}})),
    )
    yield "refuses a body that came before", every, _refusing_again


def _each(number: int, change: Change) -> Change:
    """Changes every so manyth success."""

    def changed(behaviour: Behaviour) -> Behaviour:
        seen: Counter[str] = Counter()
        (wrong,) = change(replace(behaviour, answered=())).answered

        def answered(asked: Asked, answer: Answer) -> Answer:
            seen["all"] += answer.code == 200 and asked.extends
            return wrong(asked, answer) if seen["all"] % number == 0 else answer

        return behaviour.answering(answered)

    return changed


def _refusing_other_originals(behaviour: Behaviour) -> Behaviour:
    seen: Counter[str] = Counter()

    def applies(body: Any, source: Any) -> bool:
        seen["originals"] += body.get(FLAG) is False
        return body.get(FLAG) is False and seen["originals"] % 2 == 0

    return refusing(applies)(behaviour)


def _refusing_again(behaviour: Behaviour) -> Behaviour:
    seen: Counter[str] = Counter()

    def applies(body: Any, source: Any) -> bool:
        known = str(sorted({**body, "callBackUrl": ""}.items(), key=str))
        seen[known] += 1
        return seen[known] > 1

    return refusing(applies)(behaviour)


def _tasks(edition: Edition) -> Family:
    yield "the taskId of the task before", ("answer.taskId.fresh",), _before
    yield "one task for equal bodies", ("answer.taskId.fresh",), _idempotent
    slow = answering(is_code(200), lambda answer: replace(answer, later=0.8))
    yield "answers once the callbacks have come", ("callback.early", "answer.waits"), _some(slow)
    yield (
        "answers once the callbacks were answered",
        ("answer.waits",),
        lambda behaviour: replace(behaviour, waits=True),
    )


def _some(change: Change) -> Change:
    """The change for requests with continueAt 60 alone."""

    def changed(behaviour: Behaviour) -> Behaviour:
        (wrong,) = change(replace(behaviour, answered=())).answered
        return behaviour.answering(
            lambda asked, answer: wrong(asked, answer) if len(str(body_of(asked).get("title"))) > 60 else answer
        )

    return changed


def _before(behaviour: Behaviour) -> Behaviour:
    given: list[Any] = []

    def answered(asked: Asked, answer: Answer) -> Answer:
        if answer.code != 200 or not asked.extends:
            return answer
        given.append(answer.content["data"]["taskId"])
        return answer.merged({"data": {"taskId": given[-2:][0]}})

    return behaviour.answering(answered)


def _idempotent(behaviour: Behaviour) -> Behaviour:
    given: dict[str, Any] = {}

    def answered(asked: Asked, answer: Answer) -> Answer:
        if answer.code != 200 or not asked.extends:
            return answer
        same = str(sorted({**asked.body, "callBackUrl": ""}.items(), key=str))
        return answer.merged({"data": {"taskId": given.setdefault(same, answer.content["data"]["taskId"])}})

    return behaviour.answering(answered)


def _leaks(edition: Edition) -> Family:
    rules = ("key.shown",)
    yield "the key in refusals", rules, with_members(is_refusal, {"msg": f"Refused for {KEY}"})
    yield "the key in success", rules, with_members(is_code(200), {"data": {"account": KEY}})
    yield (
        "the key in a header of answers",
        rules,
        answering(is_extend, lambda answer: replace(answer, headers={"X-Key": KEY})),
    )
    yield "the key in the msg of success", rules, with_members(is_code(200), {"msg": f"queued behind {KEY}"})


FAMILIES: Final[Mapping[str, Callable[[Edition], Family]]] = {
    "codes": _codes,
    "members of success": _successes,
    "members of refusals": _refusals,
    "bytes of answers": damaged,
    "styles": styles,
    "not stable": _unstable,
    "tasks": _tasks,
    "the key in answers": _leaks,
}
