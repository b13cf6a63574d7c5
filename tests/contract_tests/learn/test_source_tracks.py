"""Source tracks that a recording shows."""

import json
from typing import Any

from contract_tests.learn.evidence import Found, Left, Line, name
from contract_tests.learn.source_tracks import source_tracks
from contract_tests.reports.report import Asked
from tests.courses import BAD, GOOD, arrival, exchange, stage, track


def asked(audio: Any, model: Any = "V4", number: int = 1, *, good: bool = True, made: Any = ()) -> Asked:
    """A request about a track, and the tracks that its task made."""
    sent = json.dumps({"audioId": audio, "model": model}).encode()
    answer = exchange(GOOD if good else BAD, sent=sent, number=number)
    return Asked(probe="one", exchange=answer, callbacks=(arrival(stage("complete", data=[*made])),) if made else ())


def found(*every: Asked) -> dict[str, Found]:
    return {name(each): each for each in source_tracks(every, ("V4", "V5"))}


def test_a_track_that_a_recorded_task_made_is_known() -> None:
    made = track(0, id="made", duration=95.5)
    told = found(asked("first", number=1, made=[made]), asked("made", "V5", number=2), asked("made", "V4", number=3))
    tracks = [{"id": "made", "model": "V4", "duration": 95.5}]
    assert told["tracks"] == Line(("tracks",), tracks, "2 times: requests 2, 3")
    assert [*told] == ["tracks of first", "tracks"]


def test_of_another_track_it_is_told_what_to_give() -> None:
    why = (
        "accepted 2 times: requests 1, 2, and nothing says how long it lasts, so that the mock does not know it; "
        "--audio-id a --audio-model {} --audio-duration SECONDS would"
    )
    assert found(asked("a"), asked("a", number=2)) == {"tracks of a": Left("tracks of a", why.format("V4"))}
    both = found(asked("a"), asked("a", "V5", number=2))
    assert both == {"tracks of a": Left("tracks of a", why.format("one of V4,V5"))}


def test_a_track_of_a_model_that_the_profile_lacks_is_left() -> None:
    made = track(0, id="made", duration=95.5)
    (_, left) = found(asked("first", "V5_5", made=[made]), asked("made", "V5_5", number=2)).values()
    assert isinstance(left, Left)
    assert left.what == "tracks of made"
    assert left.why.startswith("accepted once: request 2, and V5_5 is no model of the profile; ")


def test_what_was_refused_or_is_no_track_tells_nothing() -> None:
    assert found(asked("a", good=False), asked(7), asked("a", None), asked({"id": 1})) == {}


def test_seconds_that_are_none_are_not_believed() -> None:
    for seconds in (None, "95", -1, True, 1e400):
        told = found(asked("a", made=[track(0, id="made", duration=seconds)]), asked("made", number=2))
        assert isinstance(told["tracks of made"], Left)
