"""What became of the lines of a profile, and the profile that is true now."""

from contract_tests.learn.calibrate import Learned
from contract_tests.learn.compared import LIVE, Compared, Kept, Outcome, dotted, left_open, updated
from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.playback import Agreement

PRICE = Line(("operations", "extend", "price"), 12, "once")
OK = Line(("answers", "members", "ok"), True, "3 times: requests 1, 2, 3")
THEN = "run of 2026-11-01"


def now(*found: Found) -> Learned:
    return Learned(text="", found=found, before=Agreement(0), after=Agreement(0))


def moved(line: Line) -> Compared:
    return Compared(line=dotted(line.path), outcome=Outcome.MOVED, who=LIVE)


def test_what_did_not_move_stays_and_says_when_it_was_seen() -> None:
    kept = Kept(lines=[PRICE, OK], unsayable={}, left={})
    assert updated(kept, [], now(PRICE._replace(value=10)), THEN) == [
        PRICE._replace(seen=f"once, {THEN}"),
        OK._replace(seen=f"{OK.seen}, {THEN}"),
    ]


def test_what_moved_is_as_it_is_seen_now() -> None:
    kept = Kept(lines=[PRICE], unsayable={}, left={})
    new = PRICE._replace(value=10)
    assert updated(kept, [moved(PRICE)], now(new), THEN) == [new]


def test_what_moved_to_what_no_profile_can_say_is_no_line_any_more() -> None:
    kept = Kept(lines=[OK, PRICE], unsayable={}, left={})
    gone = Left("answers.members.ok", "seen in none of 3, and no profile takes it away")
    assert updated(kept, [moved(OK)], now(gone), THEN) == [PRICE._replace(seen=f"once, {THEN}"), gone]


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
    kept = Kept(lines=[like, limit], unsayable={}, left={})
    assert updated(kept, [moved(like)], now(gone), THEN) == [gone]
    kept = Kept(lines=[gone], unsayable={}, left={})
    assert updated(kept, [moved(gone)], now(there), THEN) == [there]
    assert updated(kept, [], now(there), THEN) == [there]
