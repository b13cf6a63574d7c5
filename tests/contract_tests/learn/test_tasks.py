"""What tasks did, as stages, names of models and numbers of tracks."""

from typing import Any

from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.tasks import BEFORE, BEHIND, UNTAKEN, courses, middle
from contract_tests.reports.report import Asked
from tests.courses import PUBLISHED, arrival, exchange, stage, track

MSGS = {name: PUBLISHED.family["stages"][name]["msg"] for name in ("text", "first", "complete")}


def called(name: str, at: float, **changes: Any) -> Any:
    return arrival({**stage(name), "msg": MSGS[name], **changes}, at)


def task(*callbacks: Any, probe: str = "extend.example: x", number: int = 1) -> Asked:
    return Asked(probe=probe, exchange=exchange(number=number), callbacks=callbacks)


def found(*asked: Asked) -> dict[str, Found]:
    every = courses(asked, PUBLISHED)
    return {".".join(map(str, each.path)) if isinstance(each, Line) else each.what: each for each in every}


def whole(number: int, shift: float = 0.0, **changes: Any) -> Asked:
    times = {"text": 110.5, "first": 120.5, "complete": 130.5}
    return task(*(called(name, at + shift, **changes) for name, at in times.items()), number=number)


def test_a_stage_comes_so_long_after_its_answer() -> None:
    assert found(whole(4))["stages.text.at"] == Line(("stages", "text", "at"), 10.0, "once: request 4")


def test_several_samples_are_told_by_likelihood() -> None:
    line = found(whole(1), whole(2, 1.0), whole(3, 4.0))["stages.first.at"]
    assert line == Line(("stages", "first", "at"), {0: 20.0, 0.5: 21.0, 1: 24.0}, "3 times: requests 1, 2, 3")


def test_what_is_as_the_profile_has_it_is_not_learned() -> None:
    stages = ["stages.complete.at", "stages.first.at", "stages.text.at"]
    assert [*found(whole(1))] == [*stages, "names of V4_5, V4_5PLUS, V4_5ALL, V5"]


def test_no_callback_is_no_stage() -> None:
    assert found()["stages.text.at"] == Left("stages.text.at", "no callback of it came")
    assert found(task(called("text", 110.5)))["stages.first.at"] == Left("stages.first.at", "no callback of it came")


def test_callbacks_that_a_receiver_did_not_take_came_and_tell_no_time() -> None:
    told = found(task(called("text", 110.5), called("text", 170.5), probe="delivery.retry: x"))
    assert told["stages.text.at"] == Left("stages.text.at", UNTAKEN)
    assert told["stages.first.at"] == Left("stages.first.at", "no callback of it came")


def test_a_stage_that_completed_tasks_do_not_tell_is_skipped() -> None:
    without = task(called("first", 120.5), called("complete", 130.5), number=2)
    some = found(whole(1), without)
    assert some["stages.text.skipped"] == Line(("stages", "text", "skipped"), 0.5, "in 1 of 2 tasks that completed")
    assert some["stages.text.at"] == Line(("stages", "text", "at"), 10.0, "once: request 1")
    none = found(without)
    assert none["stages.text.skipped"] == Line(("stages", "text", "skipped"), 1.0, "in 1 of 1 task that completed")
    assert none["stages.text.at"] == Line(("stages", "text", "at"), 20.0, "not seen, so as the stage behind it")


def test_an_order_that_no_profile_can_say_is_left() -> None:
    swapped = task(called("first", 110.5), called("text", 120.5), called("complete", 130.5))
    why = "they come in an order that no profile can say: text after 20 s, first after 10 s, complete after 30 s"
    told = found(swapped)
    assert (told["stages"], [*told][1:]) == (Left("stages", why), ["names of V4_5, V4_5PLUS, V4_5ALL, V5"])


def test_callbacks_of_another_clock_tell_no_time() -> None:
    assert found(whole(1, -500.0))["stages.text.at"] == Left(
        "stages.text.at", "its callbacks were of another run, whose clock nobody knows"
    )


def test_a_callback_that_comes_again_or_was_disturbed_is_not_counted() -> None:
    again = task(called("text", 110.5), called("text", 900.0))
    disturbed = task(called("text", 500.0), probe="delivery.retry: x")
    assert found(again, disturbed)["stages.text.at"] == Line(("stages", "text", "at"), 10.0, "once: request 1")


def test_words_of_a_stage_are_learned_where_they_are_the_same_each_time() -> None:
    assert found(whole(1, msg="Done."))["stages.text.msg"] == Line(
        ("stages", "text", "msg"), "Done.", "once: request 1"
    )
    left = found(whole(1, msg="Done."), whole(2, msg="Over."))["stages.text.msg"]
    assert left == Left("stages.text.msg", "seen in several ways: Done.; Over.")


def test_what_is_no_callback_of_a_stage_is_left_out() -> None:
    bodies: list[Any] = [b"no JSON", [], {"data": []}, {"data": {"callbackType": []}}]
    odd = [arrival(body) for body in bodies]
    assert all(isinstance(each, Left) for each in found(task(*odd)).values())


def tracked(*names: str, number: int = 1) -> Asked:
    tracks = [track(place, model_name=name) for place, name in enumerate(names)]
    return task(called("complete", 130.0, data={**stage("complete")["data"], "data": tracks}), number=number)


def test_another_name_of_a_model_is_learned() -> None:
    assert found(tracked("v4-new", "v4-new"))["models.V4.name"] == Line(
        ("models", "V4", "name"), "v4-new", "once: request 1"
    )
    left = found(tracked("v4-new", "v4-new"), tracked("other", "other", number=2))["models.V4.name"]
    assert left == Left("models.V4.name", "seen in several ways: other, v4-new")


def test_another_number_of_tracks_is_learned() -> None:
    assert found(tracked("chirp-v4"))["tracks_per_task"] == Line(("tracks_per_task",), 1, "once: request 1")
    left = found(tracked("chirp-v4"), tracked("chirp-v4", "chirp-v4", number=2))["tracks_per_task"]
    assert left == Left("tracks_per_task", "seen in several ways: 1, 2")


def test_what_did_not_come_keeps_its_place_between_what_did() -> None:
    last = found(task(called("complete", 100.6)), task(called("complete", 100.7)))
    assert last["stages.first.at"] == Line(("stages", "first", "at"), 0.15, BEHIND)
    assert last["stages.text.at"] == Line(("stages", "text", "at"), 0.15, BEHIND)
    first = found(task(called("text", 500.5)))
    assert first["stages.first.at"] == Line(("stages", "first", "at"), 400.0, BEFORE)
    assert first["stages.complete.at"] == Line(("stages", "complete", "at"), 400.0, BEFORE)
    assert isinstance(found(task(called("text", 110.5)))["stages.complete.at"], Left)


def test_a_callback_may_come_before_its_answer_has_ended() -> None:
    assert found(task(called("text", 100.2)))["stages.text.at"] == Line(
        ("stages", "text", "at"), 0.0, "once: request 1"
    )


def test_a_delay_of_a_profile_has_a_middle() -> None:
    assert [middle(at) for at in (30, [20, 40], {0: 20, 0.5: 25, 1: 60}, {0: 20, 1: 60})] == [30, 30, 25, 40]
