"""The rules that need more than the body: the source track and the personas. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from mock_server import wording
from mock_server.errors import ApiError, Invalid, NotFound, Violation, nearest
from mock_server.profile import Edition
from mock_server.tracks import Track

Request = Mapping[str, Any]


def enforce_source(request: Request, source: Track, edition: Edition) -> None:
    """Raise Invalid with every violation against the source track at once."""
    if violations := list(_against(request, source, edition)):
        raise Invalid(violations)


def enforce_persona(request: Request, personas: Collection[str], edition: Edition) -> None:
    """Raise NotFound for a personaId that nobody created; without custom parameters it has no effect."""
    persona = request.get("personaId")
    rule = edition.profile.state_rules.get("extend.personaId.known")
    if rule is None or persona is None or persona in personas or not request["defaultParamFlag"]:
        return
    known = ", ".join(sorted(personas))
    raise _missing(rule.id, "personaId", persona, edition, f"a known persona ({known})", personas, 404)


def unknown_audio(request: Request, tracks: Iterable[str], edition: Edition) -> ApiError:
    """The refusal for an audioId without a track: 404 or 422, as the edition reads the documents."""
    allowed = "a track that exists; `suno-mock tracks` lists them, --adopt-unknown-tracks accepts any"
    code = edition.readings.unknown_audio
    return _missing("extend.audioId.known", "audioId", request["audioId"], edition, allowed, tracks, code)


def _missing(
    rule: str, field: str, value: str, edition: Edition, allowed: str, known: Iterable[str], code: int
) -> ApiError:
    message = f"{field} {wording.shown(value)} is unknown; allowed: {allowed}.{nearest(value, known)}"
    violation = Violation(rule=rule, field=field, message=message, place=edition.profile.place(rule))
    return NotFound(str(violation), rule) if code == 404 else Invalid([violation])


def _against(request: Request, source: Track, edition: Edition) -> Iterator[Violation]:
    model = request["model"]
    if model != source.model and edition.readings.model_mismatch:
        yield _violation(
            edition,
            "extend.model.source",
            "model",
            f"model is {wording.shown(model)}; allowed: {source.model}, the model of the source track",
        )
    continue_at = request.get("continueAt")
    if continue_at is not None and continue_at >= source.duration:
        yield _violation(
            edition,
            "extend.continueAt.end",
            "continueAt",
            f"continueAt is {wording.shown(continue_at)}; "
            f"allowed: less than {source.duration}, the seconds that the source track lasts",
        )


def _violation(edition: Edition, rule: str, field: str, message: str) -> Violation:
    return Violation(rule=rule, field=field, message=message, place=edition.profile.place(rule))
