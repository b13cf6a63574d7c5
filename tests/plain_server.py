"""A server of the apikley document, written from its text alone: nothing of the mock, nothing of the harness."""

import json
import threading
import uuid
from decimal import Decimal
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

KEY = "plain-key"
EXTEND = "/api/v1/generate/extend"
TYPES: dict[str, type | tuple[type, ...]] = dict.fromkeys(
    ("audioId", "prompt", "model", "callBackUrl", "style", "title", "negativeTags", "vocalGender", "personaId"), str
)
TYPES |= dict.fromkeys(("continueAt", "styleWeight", "weirdnessConstraint", "audioWeight"), (int, Decimal))
REQUIRED = ("defaultParamFlag", "audioId", "callBackUrl", "model", "prompt")
CUSTOM = ("style", "title", "continueAt")
SHORT, LONG = (3000, 200, 80), (5000, 1000, 100)
LIMITS = {"V4": SHORT, "V4_5": LONG, "V4_5PLUS": LONG, "V4_5ALL": (5000, 1000, 80), "V5": LONG}
NAMES = {"V4": "chirp-v4", "V4_5": "chirp-auk", "V4_5PLUS": "chirp-bluejay", "V4_5ALL": "chirp-auk-turbo"}
STAGES = (("text", 0, "TEXT_SUCCESS"), ("first", 1, "FIRST_SUCCESS"), ("complete", 2, "SUCCESS"))


def wrong(body: Any, sources: dict[str, tuple[str, float]]) -> str:
    """Why a request is refused, empty if it is not."""
    if not isinstance(body, dict):
        return "The body must be an object."
    if missing := [name for name in REQUIRED if name not in body]:
        return f"{missing[0]} is required."
    if not isinstance(body["defaultParamFlag"], bool):
        return "defaultParamFlag must be a boolean."
    for name, types in TYPES.items():
        if name in body and (isinstance(body[name], bool) or not isinstance(body[name], types)):
            return f"{name} has the wrong type."
    return wrong_value(body) or wrong_use(body, sources)


def wrong_value(body: dict[str, Any]) -> str:
    if body["model"] not in LIMITS or body.get("vocalGender", "m") not in ("m", "f"):
        return "No such choice."
    for name in ("styleWeight", "weirdnessConstraint", "audioWeight"):
        if not 0 <= body.get(name, 0) <= 1 or Decimal(body.get(name, 0)) % Decimal("0.01"):
            return f"{name} must be from 0 to 1 in steps of 0.01."
    for name, limit in zip(("prompt", "style", "title"), LIMITS[body["model"]], strict=True):
        if len(body.get(name, "")) > limit:
            return f"{name} has more than {limit} characters."
    url = urlsplit(body["callBackUrl"])
    if url.scheme not in ("http", "https") or not url.hostname:
        return "callBackUrl must be a URL."
    return ""


def wrong_use(body: dict[str, Any], sources: dict[str, tuple[str, float]]) -> str:
    if body["defaultParamFlag"] and (missing := [name for name in CUSTOM if name not in body]):
        return f"{missing[0]} is required with defaultParamFlag true."
    if "personaId" in body:
        return "personaId is of nobody."
    if body["audioId"] not in sources:
        return "audioId is of nobody."
    model, duration = sources[body["audioId"]]
    if model != body["model"] or not 0 < body.get("continueAt", 1) < duration:
        return "model or continueAt do not fit the source."
    return ""


class Plain(ThreadingHTTPServer):
    """Its tasks, and the sources that can be extended: audioId → model and seconds. A context manager."""

    daemon_threads = True

    def __init__(self, sources: dict[str, tuple[str, float]], pause: float = 0.35) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sources, self.pause = sources, pause
        self.records: dict[str, dict[str, Any]] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.shutdown()
        self.server_close()

    def extend(self, body: dict[str, Any], raw: bytes) -> str:
        task_id = uuid.uuid4().hex
        self.records[task_id] = {"taskId": task_id, "param": raw.decode(), "status": "PENDING", "response": None}
        threading.Thread(target=self.work, args=(task_id, body), daemon=True).start()
        return task_id

    def work(self, task_id: str, body: dict[str, Any]) -> None:
        tracks = [self.track(body) for _ in range(2)]
        pause = threading.Event()
        for stage, count, status in STAGES:
            pause.wait(self.pause)
            response = {"sunoData": [{"id": track["id"]} for track in tracks[:count]]}
            self.records[task_id] |= {"status": status, "response": response}
            data = {"callbackType": stage, "task_id": task_id, "data": tracks[:count]}
            call(body["callBackUrl"], {"code": 200, "msg": f"{stage} is ready.", "data": data})

    def track(self, body: dict[str, Any]) -> dict[str, Any]:
        name = uuid.uuid4().hex
        urls = {f"{kind}_url": f"https://media.invalid/{name}" for kind in ("audio", "stream_audio", "image")}
        texts = {"prompt": body["prompt"], "title": body.get("title", "More"), "tags": body.get("style", "rock")}
        model = NAMES.get(body["model"], "chirp-crow")
        return {"id": name, **urls, **texts, "model_name": model, "createTime": "2025-01-01 00:00:00", "duration": 180}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Plain

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or key != KEY:
            return self.answer(401, "The key is missing or unknown.")
        if self.headers.get_content_type() != "application/json":
            return self.answer(422, "The body must be application/json.")
        try:
            body = json.loads(raw.decode(), parse_float=Decimal, parse_constant=no_number)
        except ValueError:
            return self.answer(422, "The body is not JSON.")
        if refusal := wrong(body, self.server.sources):
            return self.answer(422, refusal)
        return self.answer(200, "success", {"taskId": self.server.extend(body, raw)})

    def do_GET(self) -> None:
        if urlsplit(self.path).path == EXTEND:
            return self.answer(404, "POST is the method of this path.")
        query = parse_qs(urlsplit(self.path).query)
        self.answer(200, "success", self.server.records.get(query.get("taskId", [""])[0]))

    def answer(self, code: int, msg: str, content: Any = None) -> None:
        raw = json.dumps({"code": code, "msg": msg, "data": content}).encode()
        self.send_response(200 if self.command == "POST" or content else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        pass


def no_number(text: str) -> None:
    raise ValueError(text)


def call(url: str, body: dict[str, Any]) -> None:
    to = urlsplit(url)
    connection = (HTTPSConnection if to.scheme == "https" else HTTPConnection)(to.netloc, timeout=15)
    connection.request("POST", f"{to.path}?{to.query}", json.dumps(body), {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.close()
