"""The form in which a profile has things said."""

from mock_server.contract.forms import AnswerForm, IdForm, TrackForm
from mock_server.core import seeded


def test_an_answer_ends_as_it_always_did_where_nothing_is_said() -> None:
    form = AnswerForm.of({})
    assert (form.ends, form.headers, form.statuses, form.wait("extend", 1)) == (b"}", {}, {}, 0.0)


def test_a_success_has_the_status_that_is_said_for_its_code() -> None:
    assert AnswerForm.of({"statuses": {200: 201}}).success == 201
    assert AnswerForm.of({"statuses": {429: 429}}).success == 200


def test_a_latency_is_drawn_for_each_answer() -> None:
    form = AnswerForm.of({"latency": [0.1, 0.4]})
    drawn = [form.wait("extend", number) for number in range(20)]
    assert all(0.1 <= each <= 0.4 for each in drawn)
    assert len({*drawn}) > 10
    assert drawn == [form.wait("extend", number) for number in range(20)]


def test_members_of_a_track_are_added_and_left_out() -> None:
    form = TrackForm({"records": {"text": {"members": {"lyrics": None}, "without": ["tags"]}}})
    assert form.records["text"]({"id": "a", "tags": "b"}) == {"id": "a", "lyrics": None}
    assert form.callbacks == {}


def test_ids_have_something_around_them() -> None:
    form, plain = IdForm(task="task_{id}", track="{id}_Vocals"), IdForm()
    assert form.task_id(1, "key", 2) == f"task_{plain.task_id(1, 'key', 2)}"
    assert form.track_ids(1, "5c79", 2) == tuple(f"{each}_Vocals" for each in plain.track_ids(1, "5c79", 2))
    assert plain.track_ids(1, "5c79", 2) == seeded.track_ids(1, "5c79", 2)
