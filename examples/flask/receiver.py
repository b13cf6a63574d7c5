"""A receiver of callbacks in Flask."""

from flask import Flask, request

app = Flask(__name__)


@app.post("/callback")
def receive():
    """Answer 200 within 15 seconds, whatever comes: all else makes the API call again."""
    callback = request.get_json()
    task = callback["data"]
    # Code 200: the task has reached a stage. Any other code: it has failed.
    print(task["task_id"], task["callbackType"], callback["code"], callback["msg"], flush=True)
    for track in task.get("data") or []:
        if track.get("audio_url"):
            print(f"  {track['audio_url']}", flush=True)
    return {"status": "received"}
