"""A client that extends a track, with httpx."""

import asyncio
import os
import sys

import httpx

SUNO_URL = os.environ.get("SUNO_URL", "http://127.0.0.1:4010")
SUNO_API_KEY = os.environ.get("SUNO_API_KEY", "test-key")
CALLBACK_URL = os.environ.get("CALLBACK_URL", "http://127.0.0.1:3000/callback")


class Refused(Exception):
    """The API started no task."""


async def extend(client: httpx.AsyncClient, audio_id: str, **parameters: object) -> str:
    """Start a task, and return its id. The callbacks bring the tracks."""
    body = {"audioId": audio_id, "callBackUrl": CALLBACK_URL, **parameters}
    response = await client.post("/api/v1/generate/extend", json=body)
    answer = response.json()
    if answer["code"] != 200:
        raise Refused(f"{answer['code']} {answer['msg']}")
    return answer["data"]["taskId"]


async def main() -> None:
    headers = {"Authorization": f"Bearer {SUNO_API_KEY}"}
    async with httpx.AsyncClient(base_url=SUNO_URL, headers=headers, timeout=30) as client:
        task_id = await extend(
            client,
            "e231****-****-****-****-****8cadc7dc",
            defaultParamFlag=True,
            model="V4",
            prompt="Extend the music with more relaxing notes",
            style="Classical",
            title="Peaceful Piano Extended",
            continueAt=60,
        )
    print(f"task {task_id}")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except Refused as refusal:
        sys.exit(str(refusal))
