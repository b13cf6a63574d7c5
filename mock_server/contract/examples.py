"""The documents' own examples (`fixtures/documents/`)."""

import json
import shlex
from typing import Any, Final

from mock_server.contract.documents import FIXTURES
from mock_server.contract.operations import EXTEND, operations_of
from mock_server.contract.profile import document_name
from mock_server.contract.profile_files import profile_file, resolved

CALLBACKS: Final = "http://127.0.0.1:3000/callback"
"""Where `suno-mock receive` listens."""


def documented_request(profile: str) -> dict[str, Any]:
    """The example of an extend request in the document that the profile reads, about the first track and persona that
    the profile has of its own, if it has some."""
    file = FIXTURES / "documents" / document_name(profile) / "extend-request.json"
    request: dict[str, Any] = json.loads(file.read_text("utf-8"))
    tree = profile_file(profile)
    for track in tree.get("tracks", ())[:1]:
        inside = min(request["continueAt"], track["duration"] / 2)
        request |= {"audioId": track["id"], "model": track["model"], "continueAt": inside}
    if "personas" in tree:
        del request["personaId"]
        request |= dict(zip(["personaId"], tree["personas"], strict=False))
    return request


def example_curl(base_url: str, profile: str, key: str) -> str:
    """That request for a shell, with the default receiver of `suno-mock receive`."""
    request = documented_request(profile) | {"callBackUrl": CALLBACKS}
    headers = f"-H 'Authorization: Bearer {key}' -H 'Content-Type: application/json'"
    served = operations_of(resolved(profile))[EXTEND]
    url = shlex.quote(base_url + served.path)  # zsh takes the brackets of an IPv6 address for a pattern
    return f"curl -s {url} {headers} -d {shlex.quote(json.dumps(request))}"
