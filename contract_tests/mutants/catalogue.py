"""The catalogue of mutants, in groups: what is accepted and refused, the envelope, the codes, callbacks, polling."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.mutants.changes import (
    FAKE,
    GONE,
    accepts,
    accepts_code,
    always,
    changed,
    data,
    header,
    if_stage,
    is_model,
    key,
    listed,
    on,
    record,
    refuses,
    refuses_if,
    tracks,
    weighs,
    with_tracks,
)
from contract_tests.mutants.courses import of_courses
from contract_tests.mutants.of_operations import of_operations
from contract_tests.mutants.proxy import Mutant
from contract_tests.probes.refusals import LEFT_TO_QUESTIONS
from contract_tests.receiver.http_server import Message

CODES: Final = (401, 404, 422)


BY_GROUP: Final = {
    "acceptance": "extend.*",
    "refusal": "extend.*",
    "envelope": "[ar]*.*",
    "codes": "[ec]*.*",
    "callbacks": "ca*.*",
    "polling": "polling*.*",
}
"""The rules of which one names a fault of the group, where the mutant names no single one."""


def mutants(published: Published) -> Iterator[Mutant]:
    groups = (
        _accepting(published),
        _refusing(),
        _enveloping(),
        _damaging(),
        _calling(),
        _polling(),
        of_courses(),
        of_operations(published),
    )
    for mutant in chain.from_iterable(groups):
        yield mutant if mutant.by else replace(mutant, by=BY_GROUP[mutant.group])


def _accepting(published: Published) -> Iterator[Mutant]:
    """Mutants that do not enforce one rule."""
    for rule in dict.fromkeys(rule.id for rule in published.holding(published.picks)):
        if rule not in LEFT_TO_QUESTIONS:
            yield Mutant(name=f"accepts what breaks {rule}", group="acceptance", answer=accepts(rule), by=rule)
    for limit in published.limits:
        name = f"accepts any {limit.field} for {limit.model}"
        if limit.when in ({}, {"v4_5all_title": published.picks["v4_5all_title"]}):
            change = accepts(limit.rule, model=limit.model)
            yield Mutant(name=name, group="acceptance", answer=change, by=limit.rule)
    for rule in ("extend.contentType", "extend.body.json"):
        yield Mutant(name=f"accepts what breaks {rule}", group="acceptance", answer=accepts(rule), by=rule)
    yield Mutant(name="needs no key", group="acceptance", answer=accepts_code(401, lambda sent: not key(sent)))
    yield Mutant(name="takes any scheme", group="acceptance", answer=accepts_code(401, lambda sent: bool(key(sent))))


def _refusing() -> Iterator[Mutant]:
    """Mutants that refuse something legal."""
    legal: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
        "original parameters": lambda body: body.get("defaultParamFlag") is False,
        "no optional property": lambda body: "styleWeight" not in body and body.get("defaultParamFlag") is True,
        "continueAt with a fraction": lambda body: isinstance(body.get("continueAt"), float),
        "continueAt of 1": lambda body: body.get("continueAt") == 1,
        "continueAt just before the end": lambda body: body.get("continueAt", 0) > 190,
        "a weight of 0": lambda body: body.get("styleWeight") == 0,
        "a weight of 1": lambda body: 1 in (body.get("styleWeight"), body.get("weirdnessConstraint")),
        "whole numbers as weights": lambda body: isinstance(body.get("styleWeight"), int),
        "multi-byte characters": lambda body: "漢" in str(body.get("title")),
        **{f"the weight {w}": weighs(w) for w in (0.07, 0.14, 0.28, 0.29, 0.47, 0.56, 0.57, 0.58, 0.59, 0.94)},
        **{f"model {model}": is_model(model) for model in ("V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5")},
        "a title of the full length": lambda body: len(str(body.get("title"))) in (80, 100),
        "a style of the full length": lambda body: len(str(body.get("style"))) in (200, 1000),
        "a prompt of the full length": lambda body: len(str(body.get("prompt"))) in (3000, 5000),
    }
    for name, applies in legal.items():
        yield Mutant(name=f"refuses {name}", group="refusal", answer=refuses(applies))
    heads: Mapping[str, Callable[[Message], bool]] = {
        "a lower-case scheme": lambda sent: header(sent, "authorization").startswith("bearer"),
        "an upper-case scheme": lambda sent: header(sent, "authorization").startswith("BEARER"),
        "a charset in the content type": lambda sent: "charset" in header(sent, "content-type"),
        "a content type in other letters": lambda sent: "JSON" in header(sent, "content-type"),
    }
    for name, has in heads.items():
        yield Mutant(name=f"refuses {name}", group="refusal", answer=refuses_if(has))


def _enveloping() -> Iterator[Mutant]:
    accepted: Mapping[str, Any] = {
        "code as a text": {"code": "200"},
        "no code": {"code": GONE},
        "no msg": {"msg": GONE},
        "msg null": {"msg": None},
        "an empty msg": {"msg": ""},
        "no data": {"data": GONE},
        "data null": {"data": None},
        "no taskId": {"data": {}},
        "a number as taskId": {"data": {"taskId": 5}},
        "an empty taskId": {"data": {"taskId": ""}},
        "task_id in place of taskId": {"data": {"task_id": FAKE}},
        "code 0": {"code": 0},
        "code 201": {"code": 201},
    }
    same = on(lambda code: code == 200, {"data": {"taskId": FAKE}})
    yield Mutant(name="accepted with the same taskId for all", group="envelope", answer=same, by="answer.taskId.fresh")
    for name, changes in accepted.items():
        yield Mutant(name=f"accepted with {name}", group="envelope", answer=on(lambda code: code == 200, changes))
    refused: Mapping[str, Any] = {
        "code as a text": {"code": "422"},
        "no code": {"code": GONE},
        "an unlisted code": {"code": 418},
        "code 400": {"code": 400},
        "code 200": {"code": 200},
        "no msg": {"msg": GONE},
        "a list as msg": {"msg": ["wrong"]},
        "a taskId": {"data": {"taskId": FAKE}},
        "an object as data": {"data": {"error": "wrong"}},
    }
    for name, changes in refused.items():
        yield Mutant(name=f"refused with {name}", group="envelope", answer=on(lambda code: code == 422, changes))
    for code in CODES:
        other = 500 if code != 500 else 422
        yield Mutant(name=f"code {other} in place of {code}", group="codes", answer=on(code.__eq__, {"code": other}))
    for code in (402, 409, 429, 451, 455, 500):
        yield Mutant(name=f"code 503 in place of {code}", group="codes", answer=on(code.__eq__, {"code": 503}))


def _damaging() -> Iterator[Mutant]:
    whole: Mapping[str, Callable[[Message], Message]] = {
        "text/html as content type": lambda answer: replace(
            answer, headers={**answer.headers, "content-type": "text/html"}
        ),
        "no content type": lambda answer: replace(answer, headers={}),
        "half of its body": lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2]),
        "no body": lambda answer: replace(answer, body=b""),
        "a list around it": lambda answer: answer.with_json([answer.json]),
        "HTTP 202": lambda answer: replace(answer, status=202),
        "HTTP 418": lambda answer: replace(answer, status=418),
        "an HTML page": lambda answer: replace(answer, body=b"<html></html>"),
    }
    for name, change in whole.items():
        yield Mutant(name=f"answers with {name}", group="envelope", answer=always(change))


def _calling() -> Iterator[Mutant]:
    for stage in ("text", "first", "complete"):
        name = f"two times {stage}"
        yield Mutant(name=name, group="callbacks", callback=if_stage(stage, lambda came: [came, came]))
        yield Mutant(name=f"{stage} with code 500", group="callbacks", callback=changed(stage, {"code": 500}))
        yield Mutant(name=f"{stage} without msg", group="callbacks", callback=changed(stage, {"msg": GONE}))
        yield Mutant(name=f"{stage} with another task", group="callbacks", callback=data(stage, {"task_id": FAKE}))
        yield Mutant(name=f"{stage} without task_id", group="callbacks", callback=data(stage, {"task_id": GONE}))
        yield Mutant(name=f"{stage} as STAGE", group="callbacks", callback=data(stage, {"callbackType": stage.upper()}))
        yield Mutant(name=f"{stage} without a stage", group="callbacks", callback=data(stage, {"callbackType": GONE}))
        cut = if_stage(stage, lambda came: [replace(came, body=came.body[:-9])])
        yield Mutant(name=f"{stage} cut short", group="callbacks", callback=cut)
    yield Mutant(name="never complete", group="callbacks", callback=if_stage("complete", lambda came: []))
    yield Mutant(name="no callback at all", group="callbacks", callback=lambda came: [])
    yield Mutant(name="PUT callbacks", group="callbacks", callback=lambda came: [replace(came, method="PUT")])
    headers = {"Content-Type": "text/plain"}
    yield Mutant(name="text/plain callbacks", group="callbacks", callback=lambda came: [replace(came, headers=headers)])
    lost = lambda came: [replace(came, path=came.path.partition("?")[0])]  # noqa: E731
    yield Mutant(name="callbacks without the query", group="callbacks", callback=lost)
    moved = lambda came: [replace(came, path=f"/moved{came.path}")]  # noqa: E731
    yield Mutant(name="callbacks to another path", group="callbacks", callback=moved)
    for field in ("id", "audio_url", "stream_audio_url", "image_url", "model_name", "title", "createTime", "duration"):
        yield Mutant(name=f"tracks without {field}", group="callbacks", callback=tracks({field: GONE}))
    wrong: Mapping[str, Mapping[str, Any]] = {
        "a duration as text": {"duration": "198.44"},
        "a duration of 0": {"duration": 0},
        "a duration of a day": {"duration": 86400},
        "a title that was not asked for": {"title": "Another"},
        "a style that was not asked for": {"tags": "another"},
        "a prompt that was not asked for": {"prompt": "another"},
        "the same id": {"id": "e231"},
        "a path as audio_url": {"audio_url": "/a.mp3"},
        "the model's public name": {"model_name": "V4"},
        "a number as id": {"id": 5},
        "an empty image_url": {"image_url": ""},
    }
    for name, changes in wrong.items():
        yield Mutant(name=f"tracks with {name}", group="callbacks", callback=tracks(changes))
    yield Mutant(name="one track at complete", group="callbacks", callback=listed(lambda tracks: tracks[:1]))
    yield Mutant(name="no track at complete", group="callbacks", callback=listed(lambda tracks: []))
    yield Mutant(
        name="three tracks at complete", group="callbacks", callback=listed(lambda tracks: [*tracks, tracks[0]])
    )
    yield Mutant(name="tracks as an object", group="callbacks", callback=data("complete", {"data": {}}))
    renamed = if_stage("first", lambda came: [with_tracks(came, lambda tracks: [{**t, "id": FAKE} for t in tracks])])
    yield Mutant(name="other ids at first", group="callbacks", callback=renamed)


def _polling() -> Iterator[Mutant]:
    changes: Mapping[str, Mapping[str, Any]] = {
        "never ending": {"status": "PENDING"},
        "with another status": {"status": "DONE"},
        "with another task": {"taskId": FAKE},
        "without param": {"param": GONE},
        "with an object as param": {"param": {}},
        "without the tracks": {"response": None},
        "with no track": {"response": {"taskId": FAKE, "sunoData": []}},
        "with an error": {"status": "GENERATE_AUDIO_FAILED", "errorCode": 500},
    }
    for name, change in changes.items():
        yield Mutant(name=f"polling {name}", group="polling", polled=record(change))
    yield Mutant(
        name="polling finds nothing",
        group="polling",
        polled=lambda sent, answer: answer.with_json({"code": 200, "msg": "success", "data": None}),
    )
    yield Mutant(
        name="polling answers HTML", group="polling", polled=lambda sent, answer: replace(answer, body=b"<html>")
    )
