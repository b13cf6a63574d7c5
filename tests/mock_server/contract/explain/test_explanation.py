"""An explanation as text."""

from mock_server.contract.explain.explanation import Explanation, Fact, Quote, Section, lines, merged


def test_everything_has_its_heading() -> None:
    whole = Explanation(
        name="x",
        quotes=(Quote(profile="apikley", about="answer", text="Success", place="openapi/a:1"),),
        causes=(Fact("why", ("openapi/b:2", "openapi/c:3")),),
        sections=(Section("Questions", (Fact("who"),)), Section("Sources", ())),
        commands=("suno-mock extend",),
    )
    assert list(lines(whole)) == [
        "x",
        "The documents:",
        "  apikley  answer   Success  (openapi/a:1)",
        "Here:",
        "  why  (openapi/b:2, openapi/c:3)",
        "Questions:",
        "  who",
        "On demand:",
        "  suno-mock extend",
    ]


def test_what_is_not_there_has_no_heading() -> None:
    assert list(lines(Explanation(name="x", causes=(Fact("why"),)))) == ["x", "Here:", "  why"]


def test_a_text_stands_once_with_all_of_its_places() -> None:
    facts = merged([Fact("a", ("x:1",)), Fact("b"), Fact("a", ("x:2",)), Fact("a", ("x:1",))])
    assert facts == (Fact("a", ("x:1", "x:2")), Fact("b"))
