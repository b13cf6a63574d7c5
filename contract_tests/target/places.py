"""Where requests and callbacks go: the path of a task's record, and the callback URL in a body. Pure."""

from urllib.parse import quote

from contract_tests.documents.published import RECORD_INFO


def record_path(task_id: str, path: str = RECORD_INFO) -> str:
    return f"{path}?taskId={quote(task_id, safe='', errors='replace')}"


def with_url(body: bytes, url: str) -> bytes:
    """The body with the callback URL in place of `$URL`, also in one that is in UTF-16."""
    for coding in ("utf-8", "utf-16-le"):
        body = body.replace("$URL".encode(coding), url.encode(coding))
    return body
