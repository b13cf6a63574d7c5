"""Ordinary traffic: 30 requests of a client that makes songs, mistakes too, polls, and receives callbacks."""

from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from contract_tests.receiver.receiver import Receiver
from contract_tests.targets.edition import Source
from contract_tests.targets.plain_server import EXTEND, RECORD_INFO

SECONDS = 4.0
"""How long callbacks are waited for, of servers whose stages follow each other at once."""
WRONG: tuple[dict[str, Any], ...] = (
    {"prompt": ...},
    {"style": ...},
    {"continueAt": 0},
    {"model": "V9"},
    {"title": "x" * 101},
    {"styleWeight": 1.5},
    {"callBackUrl": ...},
    {"defaultParamFlag": "true"},
)
"""What a client gets wrong before it goes well."""


def body(number: int, id: str, model: str) -> dict[str, Any]:
    """A request, each with its own words; every third has original parameters alone."""
    whole: dict[str, Any] = {
        "defaultParamFlag": number % 3 != 0,
        "audioId": id,
        "model": model,
        "prompt": f"Song number {number}",
        "style": f"Jazz {number}",
        "title": f"Title {number}",
        "continueAt": 20 + number,
        "styleWeight": 0.5,
        "vocalGender": "f",
    }
    return whole


def named(text: str) -> list[str]:
    """The task that an answer names, where a client finds one."""
    try:
        return [orjson.loads(text)["data"]["taskId"]]
    except (ValueError, LookupError, TypeError):
        return []


def ordinary(base: str, receiver: Receiver, key: str, sources: Mapping[str, Source]) -> None:
    """Sends 12 requests that are right, 8 that are wrong, one without a key, and 9 polls."""
    tracks = [*sources.items()]
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=10, trust_env=False) as client:
        for number, changes in enumerate(WRONG):
            asked = {**body(1, tracks[0][0], "V4"), "callBackUrl": receiver.url(f"wrong-{number}"), **changes}
            client.post(EXTEND, json={name: value for name, value in asked.items() if value is not ...})
        httpx.post(base + EXTEND, json=body(1, tracks[0][0], "V4"), trust_env=False)
        urls, tasks = [], []
        for number in range(12):
            id, (model, _) = tracks[number % len(tracks)]
            urls.append(receiver.url(f"{number}"))
            answer = client.post(EXTEND, json={**body(number, id, model), "callBackUrl": urls[-1]})
            tasks += named(answer.text)
        for task in tasks[:2]:
            client.get(RECORD_INFO, params={"taskId": task})
        receiver.settle(dict.fromkeys(urls, 3), SECONDS)
        receiver.quiet(0.2, SECONDS)
        for task in tasks[:7]:
            client.get(RECORD_INFO, params={"taskId": task})
