"""Which members tracks have, by stage, in callbacks and in records, where the mock has others. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.learn.constant import TWICE, Told, Usual, constant
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.learn.further import FEW
from contract_tests.learn.tasks import first_callbacks, tracks_in
from contract_tests.probes.request import STAGES
from contract_tests.reports.report import Asked

KEY: Final = "track_members"
NOTHING_LIKE_IT: Final = "the mock lists no track there to compare with"
CALLBACKS, RECORDS = "callbacks", "records"
Tracks = Mapping[tuple[str, str], Sequence[Told]]
"""The tracks of each kind of body, `callbacks` or `records`, at each stage, with their requests."""


def track_members(
    asked: Sequence[Asked], mocked: Asked, published: Published, statuses: Mapping[str, str]
) -> Iterator[Found]:
    """Members that all tracks of a stage have with one value and those of the mock, in `mocked`, have not; and those
    that the mock has and no track. `statuses` are the stages by the status of a record."""
    live, mock = _tracks(asked, statuses), _tracks([mocked], statuses)
    for kind in (CALLBACKS, RECORDS):
        for stage in STAGES:
            told, ours = live[kind, stage], mock[kind, stage]
            path = (KEY, kind, stage)
            if len({each.exchange.number for each in told}) < TWICE:
                yield Left(".".join(path), FEW)
            elif not ours:
                yield Left(".".join(path), NOTHING_LIKE_IT)
            else:
                yield from _stage(path, told, ours, *published.track_members(kind, stage))


def _stage(
    path: tuple[str, ...], told: Sequence[Told], ours: Sequence[Told], set_to: Mapping[str, Any], without: Sequence[str]
) -> Iterator[Found]:
    """`set_to` and `without` are what the profile says already."""
    came = {name for each in told for name in each.members}
    usual = {name for each in ours for name in each.members} - {*set_to}
    further = [Told(each.exchange, _without(each.members, {*usual, *without})) for each in told]
    yield from constant((*path, "members"), further, Usual(set_to, set_to))
    missing = [*(name for name in without if name not in came), *sorted(usual - came)]
    if missing != [*without]:
        yield Line((*path, "without"), missing, times({each.exchange.number: each.exchange for each in told}.values()))


def _without(members: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in names}


def _tracks(asked: Iterable[Asked], statuses: Mapping[str, str]) -> Tracks:
    found: dict[tuple[str, str], list[Told]] = defaultdict(list)
    asked = [*asked]
    for exchange, _, body in first_callbacks(asked):
        if body["code"] == 200:
            stage = str(body["data"].get("callbackType"))
            found[CALLBACKS, stage] += [Told(exchange, each) for each in tracks_in(body)]
    for each in asked:
        for poll in each.polls:
            record = poll.record if poll.code == 200 and isinstance(poll.record, dict) else {}
            if stage := statuses.get(str(record.get("status")), ""):
                found[RECORDS, stage] += [Told(each.exchange, track) for track in _listed(record)]
    return found


def _listed(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tracks of a record."""
    response = record.get("response")
    items = response.get("sunoData") if isinstance(response, dict) else None
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
