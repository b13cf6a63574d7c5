"""A client that extends a track, with requests."""

import os
import sys

import requests

SUNO_URL = os.environ.get("SUNO_URL", "http://127.0.0.1:4010")
SUNO_API_KEY = os.environ.get("SUNO_API_KEY", "test-key")
CALLBACK_URL = os.environ.get("CALLBACK_URL", "http://127.0.0.1:3000/callback")


class Refused(Exception):
    """The API started no task."""


def extend(audio_id, **parameters):
    """Start a task, and return its id. The callbacks bring the tracks."""
    response = requests.post(
        f"{SUNO_URL}/api/v1/generate/extend",
        headers={"Authorization": f"Bearer {SUNO_API_KEY}"},
        json={"audioId": audio_id, "callBackUrl": CALLBACK_URL, **parameters},
        timeout=30,
    )
    answer = response.json()
    if answer["code"] != 200:
        raise Refused(f"{answer['code']} {answer['msg']}")
    return answer["data"]["taskId"]


if __name__ == "__main__":
    try:
        task_id = extend(
            "e231****-****-****-****-****8cadc7dc",
            defaultParamFlag=True,
            model="V4",
            prompt="Extend the music with more relaxing notes",
            style="Classical",
            title="Peaceful Piano Extended",
            continueAt=60,
        )
    except Refused as refusal:
        sys.exit(str(refusal))
    print(f"task {task_id}")
