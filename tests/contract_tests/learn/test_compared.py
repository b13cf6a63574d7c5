"""What became of the lines of a profile, and the profile that is true now."""

from collections.abc import Mapping
from dataclasses import replace

from contract_tests.learn.calibrate import Learned
from contract_tests.learn.compared import LIVE, Compared, Kept, Outcome, left_open, said, updated
from contract_tests.learn.evidence import UNREFUSED, UNTOLD, Found, Left, Line, dotted
from contract_tests.learn.further import FEW
from contract_tests.learn.playback import Agreement
from tests.courses import PUBLISHED

PRICE = Line(("operations", "extend", "price"), 12, "once")
OK = Line(("answers", "members", "ok"), True, "3 times: requests 1, 2, 3")
NOW = "run of 2026-11-28"


def now(*found: Found) -> Learned:
    return Learned(text="", found=found, before=Agreement(0), after=Agreement(0))


def moved(line: Line) -> Compared:
    return Compared(line=dotted(line.path), outcome=Outcome.MOVED, who=LIVE)


def then(*lines: Line, left: Mapping[str, str] | None = None, unsayable: Mapping[str, str] | None = None) -> Kept:
    return Kept(lines=lines, unsayable=unsayable or {}, left=left or {})


def told(line: Line) -> Line:
    return line._replace(seen=f"{line.seen}, {NOW}")


def test_what_did_not_move_stays_as_it_is() -> None:
    assert updated(then(PRICE, OK), [], now(PRICE._replace(value=10)), NOW).lines == [PRICE, OK]


def test_what_moved_is_as_it_is_seen_now() -> None:
    new = PRICE._replace(value=10)
    assert updated(then(PRICE), [moved(PRICE)], now(new), NOW).lines == [told(new)]


def test_what_moved_to_what_no_profile_can_say_is_no_line_any_more() -> None:
    gone = Left("answers.members.ok", "seen in none of 3, and no profile takes it away")
    new = updated(then(OK, PRICE), [moved(OK)], now(gone), NOW)
    assert (new.lines, new.left) == ([PRICE], dict([gone]))


def test_only_lines_that_are_looked_for_are_new() -> None:
    assert updated(then(), [], now(PRICE, OK), NOW, "answers.*").lines == [told(OK)]


def test_what_is_not_looked_for_stays_as_it_is() -> None:
    text = Line(("texts", "length"), "too long", "once")
    kept = then(text, left={"refunds": "no task failed"}, unsayable={"it breaks a": ""})
    found = replace(now(text._replace(value="longer"), Left("tells", "why")), unsayable={"it breaks b": ""})
    assert updated(kept, [], found, NOW, "picks.*") == replace(kept, lines=[text])
    assert updated(kept, [], found, NOW, "texts.*").lines == [told(text._replace(value="longer"))]


def test_what_this_run_does_not_tell_is_not_open_where_it_was_known() -> None:
    left = {
        "refunds": "no task failed",
        "picks.a": "seen: one or two",
        "texts of a, b": UNREFUSED,
        "texts.d": "not told",
        FEW: FEW,
    }
    found = now(
        Left("refunds", "no task was started"),
        Left("picks.a", "nothing that was sent tells it"),
        Left("picks.b", "nothing that was sent tells it"),
        Left("texts of b, c", UNREFUSED),
    )
    assert updated(then(left=left), [], found, NOW).left == {
        "refunds": "no task failed",
        "picks.a": "seen: one or two",
        "texts.d": "not told",
        "texts of b": UNREFUSED,
    }


def test_what_no_profile_can_say_stays_with_its_details_until_it_moves() -> None:
    kept = then(unsayable={"shape of a": "many", "it breaks a": ""})
    found = replace(now(), unsayable={"shape of a": "few", "it breaks b": ""})
    assert updated(kept, [], found, NOW).unsayable == {"shape of a": "many", "it breaks a": "", "it breaks b": ""}
    gone = Compared(line="it breaks a", outcome=Outcome.MOVED, who=LIVE)
    assert updated(kept, [gone], found, NOW).unsayable == {"shape of a": "many", "it breaks b": ""}


def test_a_line_is_open_where_a_key_above_it_is() -> None:
    left = {"answers": "too few", "answers.headers.a": "seen in two"}
    assert left_open(left, ("answers", "headers", "a")) == "seen in two"
    assert left_open(left, ("answers", "statuses", 422)) == "too few"
    assert left_open(left, ("answer",)) == ""


def test_of_a_model_that_is_gone_nothing_else_is_said() -> None:
    like, limit = (
        Line(("models", "V5_5", "like"), "V5", "then"),
        Line(("models", "V5_5", "limits", "extend", "style"), 9, "then"),
    )
    gone, there = Line(("models", "V5_5"), None, "now"), Line(("models", "V5_5", "like"), "V5", "now")
    assert updated(then(like, limit), [moved(like)], now(gone), NOW).lines == [told(gone)]
    assert updated(then(gone), [moved(gone)], now(there), NOW).lines == [told(there)]
    assert updated(then(gone), [], now(there), NOW).lines == [told(there)]


def test_limits_are_said_by_the_document_and_the_mock() -> None:
    assert said(PUBLISHED, ("models", "V4", "limits", "extend", "title")) == 80
    assert said(PUBLISHED, ("models", "V4", "name")) == PUBLISHED.family["model_names"]["V4"]
    assert (said(PUBLISHED, ("models", "V4")), said(PUBLISHED, ("models", "V9"))) == ("there", "not there")


def test_rules_without_a_place_stay_so_while_the_order_stays_as_it_was() -> None:
    """Else the next look would find them at another place, though nobody moved them."""
    order = Line(("order",), ["a", "b"], "once")
    left = {"order of c, d": UNTOLD}
    found = now(order._replace(value=["c", "a", "b"]), Left("order of d", UNTOLD))
    new = updated(then(order, left=left), [], found, NOW)
    assert (new.lines, new.left) == ([order], left)
    new = updated(then(order, left=left), [moved(order)], found, NOW)
    assert (new.lines[0].value, new.left) == (["c", "a", "b"], {"order of d": UNTOLD})
    new = updated(then(left=left), [], found, NOW)
    assert (new.lines[0].value, new.left) == (["c", "a", "b"], {"order of d": UNTOLD})
