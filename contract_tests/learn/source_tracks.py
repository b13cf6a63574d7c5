"""Source tracks that a recording shows, as `tracks` of a profile: what accepted requests were about. Pure."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.learn.tasks import first_callbacks, tracks_in
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange

KEY: Final = "tracks"


def source_tracks(asked: Sequence[Asked], offered: Container[str]) -> Iterator[Found]:
    """The tracks that accepted requests were about, each with its model and seconds: those of one that a recorded task
    made stand in its callback. Those of others nobody knows, so they are left, and so are tracks of models that are not
    `offered` by the profile."""
    wanted: dict[str, dict[str, list[Exchange]]] = defaultdict(lambda: defaultdict(list))
    for exchange in (each.exchange for each in asked if each.exchange.code == 200 and each.exchange.tasks):
        sent = parsed(exchange.sent)
        if isinstance(sent, dict) and isinstance(id := sent.get("audioId"), str) and isinstance(sent.get("model"), str):
            wanted[id][sent["model"]].append(exchange)
    known, found = dict(_made(asked)), list[tuple[dict[str, Any], list[Exchange]]]()
    for id, models in wanted.items():
        exchanges = [each for every in models.values() for each in every]
        model, seconds = known.get(id, (next(iter(models)) if len(models) == 1 else "", None))
        if model and seconds and model not in offered:
            why = f"accepted {times(exchanges)}, and {model} is no model of the profile"
            yield Left(f"{KEY} of {id}", f"{why}; one that extends it and has the model would take it, as --profile")
        elif model and seconds:
            found.append(({"id": id, "model": model, "duration": seconds}, exchanges))
        else:
            yield Left(f"{KEY} of {id}", _lacking(id, [*models], exchanges))
    if found:
        yield Line((KEY,), [track for track, _ in found], times(each for _, every in found for each in every))


def _made(asked: Iterable[Asked]) -> Iterator[tuple[str, tuple[str, float]]]:
    """The tracks that tasks made: their model and seconds."""
    for exchange, _, body in first_callbacks(asked):
        sent = parsed(exchange.sent)
        for track in tracks_in(body):
            seconds = track.get("duration")
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                continue
            if isinstance(sent, Mapping) and 0 < seconds < inf:
                yield f"{track.get('id')}", (f"{sent.get('model')}", seconds)


def _lacking(id: str, models: Sequence[str], exchanges: Sequence[Exchange]) -> str:
    """What nobody tells of a track, and the way to say it."""
    said = models[0] if len(models) == 1 else f"one of {','.join(models)}"
    return (
        f"accepted {times(exchanges)}, and nothing says how long it lasts, so that the mock does not know it; "
        f"--audio-id {id} --audio-model {said} --audio-duration SECONDS would"
    )
