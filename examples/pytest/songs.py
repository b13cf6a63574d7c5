"""The code under test: an application that orders songs, and takes their callbacks."""

import httpx


class NoCredits(Exception):
    """The account has too few credits."""


class Songs:
    """Songs by their task's id. The base URL and the key come from outside, so that a test can give the mock's."""

    def __init__(self, url: str, key: str, callback_url: str) -> None:
        self._callback_url = callback_url
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"})
        self.finished: dict[str, list[str]] = {}
        self.failed: dict[str, str] = {}

    def order(self, audio_id: str, **parameters: object) -> str:
        """Start a task, and return its id."""
        body = {"audioId": audio_id, "callBackUrl": self._callback_url, **parameters}
        answer = self._client.post("/api/v1/generate/extend", json=body).json()
        if answer["code"] == 402:
            raise NoCredits(answer["msg"])
        if answer["code"] != 200:
            raise RuntimeError(f"{answer['code']} {answer['msg']}")
        return answer["data"]["taskId"]

    def receive(self, callback: dict) -> None:
        """Take a callback, as the endpoint of the application would."""
        task = callback["data"]
        if callback["code"] != 200:
            self.failed[task["task_id"]] = callback["msg"]
        elif task["callbackType"] == "complete":
            self.finished[task["task_id"]] = [track["audio_url"] for track in task["data"]]

    def close(self) -> None:
        self._client.close()
