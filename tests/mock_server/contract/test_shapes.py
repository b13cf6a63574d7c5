"""What an operation says on the wire, filled in."""

from typing import Any

import pytest

from mock_server.contract.shapes import filled, unknown_names, values_of

VALUES = values_of(
    {"task_id": "t1", "music_index": 1, "track_url": None},
    request={"name": "Calm"},
    made={"words": [{"word": "la"}, {"word": "lu"}]},
)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        pytest.param("{music_index}", 1, id="a name alone keeps its type"),
        pytest.param("no. {music_index} of {task_id}", "no. 1 of t1", id="names in a text"),
        pytest.param("{track_url}.wav", None, id="a text around nothing is null"),
        pytest.param("{nothing}", None, id="nothing is null"),
        pytest.param(
            {"a": "{request.name}", "b": "{absent}", "c": [1, None]}, {"a": "Calm", "c": [1, None]}, id="members"
        ),
        pytest.param("{request.title}", None, id="a member that did not come"),
        pytest.param(
            {"for each": "{made.words}", "is": {"word": "{item.word}", "of": "{task_id}"}},
            [{"word": "la", "of": "t1"}, {"word": "lu", "of": "t1"}],
            id="a list",
        ),
        pytest.param({"for each": "{made.lines}", "is": "{item.word}"}, [], id="a list of nothing"),
    ],
)
def test_names_stand_for_values(shape: Any, wanted: Any) -> None:
    assert filled(shape, VALUES) == wanted


def test_a_name_that_stands_for_nothing_is_found() -> None:
    shape = {"a": "{task_ib}", "b": [{"for each": "{made.words}", "is": "{itm.word}"}], "c": 5, "d": "{absent}"}
    assert [*unknown_names(shape)] == ["task_ib", "itm.word"]
