"""Limits and models that the documents do not have, as a search for them shows. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from contract_tests.documents.extend import Limit
from contract_tests.documents.published import Published
from contract_tests.documents.terms import Terms
from contract_tests.learn.evidence import Found, Left, Line, lines_of, name, times
from contract_tests.learn.refusals import OF_MODELS
from contract_tests.probes.request import ASTRAL, MULTIBYTE
from contract_tests.probes.search import documented
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.searched import Searched

REFUSED: Final = "refused "
"""How a reason begins where a server refuses a model of the documents."""
LENGTH: Final = "string_length"
COUNTED: Final[Mapping[tuple[bool, bool], str]] = {
    (False, False): "code_points",
    (True, False): "utf16",
    (True, True): "bytes",
}
"""What is counted, by whether a text as long as fits is refused of characters that are two units of UTF-16 each, and of
such that are three bytes."""
LIMIT: Final = len(("models", "V5", "limits", "extend", "prompt"))
"""Keys of the path of a limit."""
LACKING: Final = ("track_members", "callbacks")
OF_TRACKS: Final = "callback.track.whole"
OF_LIMITS: Final = "extend.length.limit"


def searched(asked: Iterable[Asked]) -> Searched:
    """What the search of a run has shown."""
    return Searched((each.probe, each.exchange) for each in asked)


def limits(found: Searched, published: Published) -> Iterator[Found]:
    """Models and limits where they are not the documents', and the readings that they decide."""
    for model in found.models:
        told = times([found.of_model(model)])
        if model not in published.models and found.takes(model):
            like = published.models[-1]
            yield Line(("models", model, "like"), like, f"taken {told}; what is not said of it is as of {like}")
        elif model in published.models and found.lacks(model):
            yield Line(("models", model), None, f"refused {told}")
        elif model in published.models and found.refuses(model):
            words = json.dumps(found.of_model(model).msg, ensure_ascii=False)
            yield Left(f"models.{model}", f"{REFUSED}{told}, in other words than a model that no server has: {words}")
    for model, field in found.texts:
        if not found.lacks(model):
            yield from _limit(found, model, field, published)
    yield from _counted(found)
    yield from _of_nobody(found, published.terms)


def _of_nobody(found: Searched, terms: Terms) -> Iterator[Found]:
    """By which code a track of nobody is refused in requests that have texts of one character, which no limit of a
    server is below."""
    readings = {terms.not_found: "not_found", terms.invalid: "invalid"}
    told = {readings.get(each.code or 0, "") for each in found.of_nobody}
    if len(told) == 1 and "" not in told:
        yield Line(("picks", "unknown_audio"), told.pop(), times(found.of_nobody))


def _limit(found: Searched, model: str, field: str, published: Published) -> Iterator[Found]:
    least, most = found.ends(model, field)
    path = ("models", model, "limits", "extend", field)
    if most is None:
        yield Left(".".join(path), f"{least} characters are not refused, or not before the track is looked for")
    elif most <= least:
        yield Left(".".join(path), f"seen in two ways: {least} characters are taken, and {most} are not")
    elif most > least + 1:
        yield Left(".".join(path), f"between {least} and {most - 1} characters; a run that is not cut off would tell")
    elif (reading := _reading(published, model, field, least)) is not None:
        yield Line(("picks", reading[0]), reading[1], times(_ends(found, model, field, least, most)))
    elif least and [least] != documented(published, model, field):
        yield Line(path, least, times(_ends(found, model, field, least, most)))


def _ends(found: Searched, model: str, field: str, least: int, most: int) -> list[Exchange]:
    return [each for each in (found.of_text(model, field, length) for length in (least, most)) if each]


def _reading(published: Published, model: str, field: str, characters: int) -> tuple[str, str] | None:
    """The question and the reading under which the documents have a limit; None where it hangs on none."""
    for each in published.limits:
        if each.when and (each.model, each.field, each.characters) == (model, field, characters):
            return next(iter(each.when.items()))
    return None


def _counted(found: Searched) -> Iterator[Found]:
    """What is counted of a text."""
    for model, field in found.texts:
        ends = [found.ends(model, field, character) for character in (ASTRAL, MULTIBYTE)]
        if all(end != (0, None) for end in ends):
            refused = (ends[0][1] is not None, ends[1][1] is not None)
            if refused in COUNTED:
                told = f"a {field} for {model} that is as long as fits"
                yield Line(("picks", LENGTH), COUNTED[refused], told)
            return


def with_limits(published: Published, found: Iterable[Found]) -> Published:
    """The documents with the limits that were learned."""
    lines = [each for each in lines_of(found) if each.path[0] == "models" and len(each.path) == LIMIT]
    known = {(f"{each.path[1]}", f"{each.path[-1]}"): each.value for each in lines}
    return replace(published, limits=tuple(_with(each, known) for each in published.limits)) if known else published


def _with(limit: Limit, known: Mapping[tuple[str, str], int]) -> Limit:
    return replace(limit, characters=known.get((limit.model, limit.field), limit.characters))


def together(read: Sequence[Found], shown: Sequence[Found]) -> list[Found]:
    """What was read of the questions, with what a search has shown, which decides where limits are others than those
    that the questions were asked by; else both have to agree."""
    moved = any(each.path[0] == "models" for each in lines_of(shown))
    picks = {name(each): each for each in lines_of(shown) if each.path[0] == "picks"}
    others = [each for each in shown if not (isinstance(each, Line) and each.path[0] == "picks")]
    decided = [_decided(each, picks.pop(name(each), None), moved=moved) for each in read]
    return [*others, *decided, *picks.values()]


def _decided(read: Found, shown: Line | None, *, moved: bool) -> Found:
    if shown is None or (isinstance(read, Line) and read.value == shown.value):
        return read
    if isinstance(read, Left) and not read.why.startswith("seen "):
        return shown
    if moved:
        return shown
    was = read.value if isinstance(read, Line) else read.why
    return Left(name(shown), f"seen in two ways: {was}, and {shown.value}")


def explained(found: Iterable[Found]) -> set[str]:
    """The rules of the harness that a server breaks because its limits or models are others, or its tracks lack
    members, as a profile says."""
    lines = lines_of(found)
    paths = [each.path for each in lines if each.path[0] == "models"]
    fields = {f"{path[4]}" for path in paths if len(path) == LIMIT}
    told = {f"extend.{field}.length" for field in fields} | ({OF_LIMITS} if fields else set())
    told |= {OF_MODELS} if len(fields) < len(paths) else set()
    lacking = any(each.path[:2] == LACKING and each.path[-1] == "without" for each in lines)
    return told | ({OF_TRACKS} if lacking else set())


def looked(found: Searched) -> set[str]:
    """The lines of a profile that a search has looked at, as words."""
    models = {f"models.{model}" for model in found.models if found.lacks(model)}
    taken = {f"models.{model}.like" for model in found.models if found.takes(model)}
    ends = ((model, field, found.ends(model, field)) for model, field in found.texts)
    exact = {f"models.{model}.limits.extend.{field}" for model, field, (least, most) in ends if most == least + 1}
    return models | taken | exact
