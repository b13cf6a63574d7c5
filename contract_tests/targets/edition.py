"""The two documents as their text has them, written down anew: neither the mock nor the harness read this."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

STRINGS: Final = (
    "audioId",
    "prompt",
    "model",
    "callBackUrl",
    "style",
    "title",
    "negativeTags",
    "vocalGender",
    "personaId",
)
WEIGHTS: Final = ("styleWeight", "weirdnessConstraint", "audioWeight")
NUMBERS: Final = ("continueAt", *WEIGHTS)
FLAG: Final = "defaultParamFlag"
CUSTOM: Final = ("prompt", "style", "title", "continueAt")
"""Required when defaultParamFlag is true."""
TEXTS: Final = ("prompt", "style", "title")
STAGES: Final = {"text": "TEXT_SUCCESS", "first": "FIRST_SUCCESS", "complete": "SUCCESS"}
"""By stage of the callback process: the status that Music Details shows from then on."""
MESSAGES: Final = {
    "text": "Text generation completed.",
    "first": "First track generated successfully.",
    "complete": "All generated successfully.",
}
ANSWERS: Final = {
    401: "Authentication credentials are missing or invalid",
    402: "Account does not have enough credits to perform the operation",
    404: "The requested resource or endpoint does not exist",
    409: "WAV record already exists",
    422: "The request parameters failed validation checks",
    429: "Request limit has been exceeded for this resource",
    451: "Failed to fetch the image. Kindly verify any access limits set by you or your service provider.",
    455: "System is currently undergoing maintenance",
    500: "An unexpected error occurred while processing the request",
}
FAILURES: Final = {
    400: "Lyrics contained copyrighted material.",
    408: "Timeout.",
    413: "Uploaded audio matches existing work of art.",
    500: "An unexpected error occurred while processing the request",
    501: "Audio generation failed.",
    531: "Sorry, the generation failed due to an issue. Your credits have been refunded. Please try again.",
}
Source = tuple[str, float]
"""The model and the seconds of a track that can be extended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One document: its limits of prompt, style and title by model, and what every request needs."""

    name: str
    limits: Mapping[str, tuple[int, int, int]]
    required: tuple[str, ...]
    personas: bool
    sources: Mapping[str, Source]
    step: Decimal = Decimal("0.01")

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(self.limits)

    def limit(self, model: object, field: str) -> int | None:
        """How many characters a text may have for a model; None for a model that there is not."""
        limits = self.limits.get(model) if isinstance(model, str) else None
        return None if limits is None else limits[TEXTS.index(field)]


SHORT: Final = (3000, 200, 80)
LONG: Final = (5000, 1000, 100)
NAMES: Final = {
    "V3_5": "chirp-v3-5",
    "V4": "chirp-v4",
    "V4_5": "chirp-auk",
    "V4_5PLUS": "chirp-bluejay",
    "V4_5ALL": "chirp-auk-turbo",
    "V5": "chirp-crow",
}
"""What a model is called in a track."""
APIKLEY: Final = Edition(
    name="apikley",
    limits={"V4": SHORT, "V4_5": LONG, "V4_5PLUS": LONG, "V4_5ALL": (5000, 1000, 80), "V5": LONG},
    required=(FLAG, "audioId", "callBackUrl", "model", "prompt"),
    personas=True,
    sources={
        "plain-track-4": ("V4", 198.44),
        "plain-track-4-5": ("V4_5", 312.2),
        "plain-track-4-5-plus": ("V4_5PLUS", 251.08),
        "plain-track-4-5-all": ("V4_5ALL", 144.6),
        "plain-track-5": ("V5", 228.28),
    },
)
CLASSIC: Final = Edition(
    name="classic",
    limits=dict.fromkeys(("V3_5", "V4", "V4_5", "V4_5PLUS", "V5"), SHORT),
    required=(FLAG, "audioId", "callBackUrl", "model"),
    personas=False,
    sources={
        "plain-track-3-5": ("V3_5", 121.5),
        "plain-track-4": ("V4", 198.44),
        "plain-track-4-5": ("V4_5", 312.2),
        "plain-track-4-5-plus": ("V4_5PLUS", 251.08),
        "plain-track-5": ("V5", 228.28),
    },
)
EDITIONS: Final = {edition.name: edition for edition in (APIKLEY, CLASSIC)}
