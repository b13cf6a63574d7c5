"""The headers of a callback beside those of every POST, its signature among them, as a profile has them. Pure."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Final

from mock_server.contract.family import Signature
from mock_server.domain.kept_answer import Headers
from mock_server.domain.tasks import Task

ENCODINGS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "base64": lambda digest: b64encode(digest).decode(),
    "hex": bytes.hex,
}


def callback_headers(task: Task, body: bytes, now: float, recorded: Headers | None = None) -> Headers:
    """The headers of one attempt; `now` is in epoch seconds of the mock's clock. Those that were `recorded` stand in
    place of the profile's."""
    form = task.edition.family.callbacks
    headers = form.headers if recorded is None else recorded
    if form.signature is None:
        return headers
    return (*headers, *_signed(form.signature, task.id, body, int(now)))


def _signed(signature: Signature, task_id: str, body: bytes, timestamp: int) -> Headers:
    values = {"{task_id}": task_id.encode(), "{timestamp}": b"%d" % timestamp, "{body}": body}
    signs = signature.signs.encode()
    for name, value in sorted(values.items(), reverse=True):  # the body last: it may hold the names of the others
        signs = signs.replace(name.encode(), value)
    digest = hmac.new(signature.key.encode(), signs, signature.algorithm).digest()
    told = [(signature.timestamp_header, f"{timestamp}")] if signature.timestamp_header else []
    return (*told, (signature.header, signature.prefix + ENCODINGS[signature.encoding](digest)))
