"""One accepted request that went well, of which a test changes one thing."""

import json
from dataclasses import replace
from typing import Any

from contract_tests.documents.published import Published
from contract_tests.probes.all import Probes
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.reports.report import About, Asked, Report
from contract_tests.reports.rows import rows
from contract_tests.target.exchange import Exchange
from contract_tests.target.mock import mock_tracks
from contract_tests.verdicts.course import Course, Finding
from contract_tests.verdicts.results import Result, Verdict

PUBLISHED = Published.read("apikley")
TRACKS = mock_tracks(PUBLISHED)
SOURCES = {track.id: (track.model, track.duration) for track in TRACKS}
PROBES = list(Probes(PUBLISHED, TRACKS))
ACCEPTED = next(probe for probe in PROBES if probe.rule == "extend.example")
REFUSED = next(probe for probe in PROBES if probe.rule == "extend.title.length")
LIMIT = PUBLISHED.registry.cited(REFUSED.rule, REFUSED.model)
"""Where the rule of REFUSED stands."""
URL = "http://127.0.0.1:1/cb/0?k=0"
GOOD = {"code": 200, "msg": "success", "data": {"taskId": "5c79"}}
BAD = {"code": 422, "msg": "title is too long", "data": None}
STAGES = {"text": 0, "first": 1, "complete": 2}


def exchange(body: Any = GOOD, probe: Probe = ACCEPTED, **changes: Any) -> Exchange:
    """An answer to a probe, as bytes or as JSON."""
    whole: dict[str, Any] = {
        "method": probe.method,
        "url": "http://127.0.0.1:1/api/v1/generate/extend",
        "headers": {"Authorization": "Bearer ***"},
        "sent": probe.body.replace(b"$URL", URL.encode()),
        "status": 200,
        "content_type": "application/json",
        "body": body if isinstance(body, bytes) else json.dumps(body).encode(),
        "error": "",
        "started": 100.0,
        "answered": 100.5,
    }
    return Exchange(**{**whole, **changes})


def violated(finding: Finding, **changes: Any) -> Result:
    """A refusal that broke its rule."""
    whole: dict[str, Any] = {"rule": finding.rule, "verdict": Verdict.VIOLATED, "probe": REFUSED}
    return Result(**{**whole, "findings": (finding,), "exchange": exchange(BAD, REFUSED), **changes})


def reported(*results: Result, **about: Any) -> Report:
    """The report of a run with these results."""
    target, document = "http://127.0.0.1:1", "apikley.openapi.yaml"
    found = tuple(rows(results))
    whole = About(**{"target": target, "document": document, "profile": "apikley", **about})
    asked = {each.exchange.number: Asked(probe="one", exchange=each.exchange) for each in results if each.exchange}
    return Report(about=whole, rows=found, summary=("1 rule violated",), asked=tuple(asked.values()))


def track(number: int, **changes: Any) -> dict[str, Any]:
    request = json.loads(ACCEPTED.body)
    media = {f"{kind}_url": f"https://media.invalid/{number}" for kind in ("audio", "stream_audio", "image")}
    texts = {"prompt": request["prompt"], "title": request["title"], "tags": request["style"]}
    whole = {"id": f"track-{number}", **media, **texts, "model_name": "chirp-v4"}
    whole |= {"createTime": "2025-01-01 00:00:00", "duration": 180.5}
    return {name: value for name, value in {**whole, **changes}.items() if value is not ...}


def stage(name: str, **changes: Any) -> dict[str, Any]:
    """The body of a callback; the changes are of its `data`."""
    data = {"callbackType": name, "task_id": "5c79", "data": [track(number) for number in range(STAGES[name])]}
    return {"code": 200, "msg": "All is well.", "data": {**data, **changes}}


def arrival(body: Any, at: float = 101.0, **changes: Any) -> Arrival:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    came = Arrival(at=at, method="POST", target="/cb/0?k=0", headers=headers, body=raw)
    return replace(came, **changes)


def record(**changes: Any) -> dict[str, Any]:
    items = [{"id": f"track-{number}"} for number in range(2)]
    whole = {"taskId": "5c79", "status": "SUCCESS", "param": exchange().sent.decode()}
    return {**whole, "response": {"sunoData": items}, **changes}


def course(*bodies: Any, **changes: Any) -> Course:
    """A course with these callbacks, by default the three that are owed."""
    came = [body if isinstance(body, Arrival) else arrival(body) for body in bodies or map(stage, STAGES)]
    whole: dict[str, Any] = {"probe": ACCEPTED, "exchange": exchange(), "url": URL, "arrivals": came}
    return Course(**{**whole, "record": record(), **changes})
