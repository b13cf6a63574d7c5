"""Enforces the rules that need state: the source track, personas, the task that made a track. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from mock_server.contract.editions import Edition
from mock_server.contract.open_questions import resting_on
from mock_server.contract.operations import EXTEND, PERSONA
from mock_server.contract.scenarios import STAGES
from mock_server.contract.source_tracks import Track
from mock_server.core.errors import ApiError, Conflict, Invalid, NotFound, Violation, nearest
from mock_server.core.text import listed, shown
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import Progress

Request = Mapping[str, Any]


def enforce_source(request: Request, source: Track, edition: Edition) -> None:
    """Raise Invalid with every violation of extend's rules against the source track at once."""
    if violations := list(_against(request, source, edition)):
        raise Invalid(violations)


def enforce_persona(operation: str, request: Request, personas: Collection[str], edition: Edition) -> None:
    """Raise NotFound for a personaId that nobody created; without custom parameters it has no effect."""
    persona = request.get("personaId")
    rule = edition.profile.state_rules(operation).get(f"{operation}.personaId.known")
    makes_personas = PERSONA in edition.profile.operations
    if rule is None or not makes_personas or persona is None or persona in personas:
        return
    if not request["defaultParamFlag" if operation.endswith(EXTEND) else "customMode"]:
        return
    allowed = f"a known persona ({listed(sorted(personas))})"
    raise _missing(rule.id, "personaId", persona, edition, allowed, sorted(personas))


def unknown_audio(request: Request, tracks: Iterable[str], edition: Edition) -> ApiError:
    """The refusal for an audioId without a track: 404 or 422, as the edition reads the documents."""
    allowed = "a finished track of this key, or one that `suno-mock tracks` lists; --adopt-unknown-tracks accepts any"
    rule = "extend.audioId.known"
    found = _unknown(rule, "audioId", request["audioId"], edition, allowed, tracks)
    found.note = resting_on(edition, "unknown_audio")
    return NotFound.by(found) if edition.readings.unknown_audio == 404 else Invalid([found])


def unknown_task(operation: str, request: Request, edition: Edition) -> ApiError:
    """The refusal for a taskId that this key does not have."""
    allowed = "a task of this key that generate or extend answered"
    return _missing(f"{operation}.taskId.known", "taskId", request["taskId"], edition, allowed, ())


def enforce_made(operation: str, request: Request, task: Task, state: Progress, edition: Edition) -> None:
    """Raise Invalid unless the task is complete, and for a persona of a model and window that cannot be."""
    violations = [_incomplete(operation, task, state, edition)] if state.stage != STAGES[-1] else []
    if operation == PERSONA:
        violations += _against_persona(request, task, edition)
    if violations:
        raise Invalid(violations)


def foreign_audio(operation: str, request: Request, tracks: Collection[str], edition: Edition) -> ApiError:
    """The refusal for an audioId that the task did not make."""
    allowed = f"a track of the task ({listed(sorted(tracks))})"
    return _missing(f"{operation}.audioId.known", "audioId", request["audioId"], edition, allowed, tracks)


def made_already(operation: str, what: str, request: Request, edition: Edition) -> Conflict:
    """The refusal of `what` can be made of one track once, for the second time."""
    value, allowed = request["audioId"], "one per audioId"
    message = f"the track {shown(value)} has a {what} already; allowed: {allowed}"
    found = violation(edition, f"{operation}.audioId.once", "audioId", message, value, allowed)
    found.note = resting_on(edition, "persona_twice") if operation == PERSONA else ""
    return Conflict.by(found)


def _missing(rule: str, field: str, value: str, edition: Edition, allowed: str, known: Iterable[str]) -> NotFound:
    return NotFound.by(_unknown(rule, field, value, edition, allowed, known))


def _unknown(rule: str, field: str, value: str, edition: Edition, allowed: str, known: Iterable[str]) -> Violation:
    message = f"{field} {shown(value)} is unknown; allowed: {allowed}.{nearest(value, known)}"
    return violation(edition, rule, field, message, value, allowed)


def _against(request: Request, source: Track, edition: Edition) -> Iterator[Violation]:
    model = request["model"]
    taken_as = edition.profile.known_models.taken_as
    if taken_as(model) != taken_as(source.model) and edition.readings.model_mismatch:
        allowed = f"{source.model}, the model of the source track"
        message = f"model is {shown(model)}; allowed: {allowed}"
        found = violation(edition, "extend.model.source", "model", message, model, allowed, source.model)
        found.note = resting_on(edition, "model_mismatch")
        yield found
    yield from _behind(EXTEND, request, source, edition)


def enforce_length(operation: str, request: Request, source: Track, edition: Edition) -> None:
    """Raise Invalid for a request that goes on behind the end of its source."""
    if violations := list(_behind(operation, request, source, edition)):
        raise Invalid(violations)


def _behind(operation: str, request: Request, source: Track, edition: Edition) -> Iterator[Violation]:
    continue_at = request.get("continueAt")
    if continue_at is not None and continue_at >= source.duration:
        allowed = f"less than {source.duration}, the seconds that the source track lasts"
        message = f"continueAt is {shown(continue_at)}; allowed: {allowed}"
        rule = f"{operation}.continueAt.end"
        yield violation(edition, rule, "continueAt", message, continue_at, allowed, f"{source.duration}")


def _incomplete(operation: str, task: Task, state: Progress, edition: Edition) -> Violation:
    reached = "failed" if state.failure else f"has reached {state.stage}" if state.stage else "has just begun"
    allowed = "a task that is complete, which polling shows as SUCCESS"
    message = f"task {task.id} {reached}; allowed: {allowed}"
    return violation(edition, f"{operation}.taskId.complete", "taskId", message, task.id, allowed)


def _against_persona(request: Request, task: Task, edition: Edition) -> Iterator[Violation]:
    excluded = edition.family.personas_exclude
    model = task.request.model
    if model in excluded:
        allowed = f"any but {', '.join(excluded)}"
        message = f"model of the task is {model}; allowed: {allowed}"
        yield violation(edition, "persona.taskId.model", "taskId", message, task.id, allowed)
    start, end = request.get("vocalStart"), request.get("vocalEnd")
    shortest, longest = edition.family.persona_window
    if start is not None and end is not None and not lasts(start, end, shortest, longest):
        allowed = f"{shortest} to {longest} seconds after vocalStart"
        message = f"vocalEnd is {shown(end)}, with vocalStart {shown(start)}; allowed: {allowed}"
        yield violation(edition, "persona.vocalEnd.window", "vocalEnd", message, end, allowed)


def lasts(start: float, end: float, least: float, most: float) -> bool:
    """Whether so many seconds lie between two: to a millionth, since 16.4 is less than 10 past 6.4 where numbers are
    binary; a number of any size is taken, which the sum of a float and a large integer is not."""
    return least <= round(Fraction(end) - Fraction(start), 6) <= most


def violation(
    edition: Edition, rule: str, field: str, message: str, value: Any, allowed: str, limit: str = ""
) -> Violation:
    """That a rule is broken which needs state, with its place, and what a profile's own words can name."""

    def values() -> Mapping[str, str]:
        return {"value": shown(value), "limit": limit, "allowed": allowed}

    return Violation(rule=rule, field=field, message=message, place=edition.profile.place(rule), values=values)
