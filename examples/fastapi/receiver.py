"""A receiver of callbacks in FastAPI."""

from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class Track(BaseModel):
    id: str
    title: str
    audio_url: str | None = None


class Progress(BaseModel):
    task_id: str
    stage: str = Field(alias="callbackType")
    tracks: list[Track] | None = Field(default=None, alias="data")


class Callback(BaseModel):
    """Code 200: the task has reached a stage. Any other code: it has failed."""

    code: int
    msg: str
    data: Progress


@app.post("/callback")
async def receive(callback: Callback) -> dict[str, str]:
    """Answer 200 within 15 seconds, whatever comes: all else makes the API call again."""
    task = callback.data
    print(task.task_id, task.stage, callback.code, callback.msg, flush=True)
    for track in task.tracks or []:
        if track.audio_url:
            print(f"  {track.audio_url}", flush=True)
    return {"status": "received"}
