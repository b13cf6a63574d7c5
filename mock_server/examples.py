"""The documents' own examples (`fixtures/documents/`)."""

import json
from typing import Any

from mock_server.documents import FIXTURES
from mock_server.profile import document_name


def documented_request(profile: str) -> dict[str, Any]:
    """The example of an extend request in the document that the profile reads."""
    path = FIXTURES / "documents" / document_name(profile) / "extend-request.json"
    request: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return request
