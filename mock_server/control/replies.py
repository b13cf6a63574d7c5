"""JSON answers and refusals of the control plane."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response


class Json(JSONResponse):
    """JSON with an end of line, for who reads it in a terminal."""

    def render(self, content: Any) -> bytes:
        return super().render(content) + b"\n"


def refusal(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What could not be done, and the way out."""
    return Json({"error": text}, status, headers)
