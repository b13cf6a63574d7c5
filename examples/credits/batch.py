"""Extends a track once for each style, and stops in good order when the credits are used up."""

import os
import sys

import httpx

SUNO_URL = os.environ.get("SUNO_URL", "http://127.0.0.1:4010")
SUNO_API_KEY = os.environ.get("SUNO_API_KEY", "test-key")
CALLBACK_URL = os.environ.get("CALLBACK_URL", "http://127.0.0.1:3000/callback")
STYLES = ["Classical", "Jazz", "Ambient"]
SONG = {
    "defaultParamFlag": True,
    "audioId": "e231****-****-****-****-****8cadc7dc",
    "model": "V4",
    "prompt": "Extend the music with more relaxing notes",
    "title": "Peaceful Piano Extended",
    "continueAt": 60,
    "callBackUrl": CALLBACK_URL,
}
NO_CREDITS = 402


def extend(client: httpx.Client, style: str) -> dict:
    return client.post("/api/v1/generate/extend", json=SONG | {"style": style}).json()


def credits_left(client: httpx.Client) -> float:
    return client.get("/api/v1/chat/credit").json()["data"]


def main() -> None:
    headers = {"Authorization": f"Bearer {SUNO_API_KEY}"}
    with httpx.Client(base_url=SUNO_URL, headers=headers, timeout=30) as client:
        waiting = list(STYLES)
        while waiting:
            answer = extend(client, waiting[0])
            if answer["code"] == NO_CREDITS:
                # No retry: nothing but new credits helps. What waits is kept for then.
                sys.exit(f"no credits for {', '.join(waiting)}: {credits_left(client)} are left")
            if answer["code"] != 200:
                sys.exit(f"{waiting[0]}: {answer['code']} {answer['msg']}")
            print(waiting.pop(0), answer["data"]["taskId"])
        print(f"all sent, {credits_left(client)} credits are left")


if __name__ == "__main__":
    main()
