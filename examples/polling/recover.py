"""Brings home tasks whose callbacks were missed, by polling: `recover.py TASK_ID...`."""

import os
import sys
import time
from collections.abc import Iterator

import httpx

SUNO_URL = os.environ.get("SUNO_URL", "http://127.0.0.1:4010")
SUNO_API_KEY = os.environ.get("SUNO_API_KEY", "test-key")
GOING_ON = {"PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS"}
FINISHED = {"SUCCESS", "CALLBACK_EXCEPTION"}
"""CALLBACK_EXCEPTION: the callbacks were given up, and the tracks are there."""
TRY_AGAIN = {429, 455, 500}
PAUSE = 5.0
PATIENCE = 900.0


def records(client: httpx.Client, task_id: str) -> Iterator[dict]:
    """What polling shows of a task, again and again, as long as there is patience."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            answer = client.get("/api/v1/generate/record-info", params={"taskId": task_id}).json()
        except (httpx.TransportError, ValueError):  # nobody there for now, or a gateway's page in place of JSON
            answer = {"code": 500}
        if answer["code"] == 200:
            yield answer["data"]
        elif answer["code"] not in TRY_AGAIN:
            raise SystemExit(f"{task_id} {answer['code']} {answer['msg']}")
        time.sleep(PAUSE)


def recover(client: httpx.Client, task_id: str) -> None:
    """Print the tracks of a task once it has finished, or why it failed."""
    for record in records(client, task_id):
        if record["status"] in FINISHED:
            print(task_id, "finished")
            for track in record["response"]["sunoData"]:
                print(f"  {track['audioUrl']}")
            return
        if record["status"] not in GOING_ON:
            print(task_id, record["status"], record["errorCode"], record["errorMessage"])
            return
    print(task_id, "still goes on")


if __name__ == "__main__":
    headers = {"Authorization": f"Bearer {SUNO_API_KEY}"}
    with httpx.Client(base_url=SUNO_URL, headers=headers) as client:
        for each in sys.argv[1:]:
            recover(client, each)
