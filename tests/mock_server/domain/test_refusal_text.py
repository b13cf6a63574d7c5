"""What a refusal says."""

from dataclasses import replace

import pytest

from mock_server.contract.family import Family
from mock_server.core.errors import ApiError, Conflict, Forced, Invalid, NotFound, Unauthorized, Violation
from mock_server.domain.refusal_text import refusal_text, told
from tests.builders import edition

LONG = Violation(
    rule="extend.title.length",
    field="title",
    message="title is long",
    values=lambda: {"value": '"{limit}"', "limit": "80", "length": "81"},
)
MISSING = Violation(rule="extend.model.required", field="model", message="model is missing")


def family(tells: str = "all", **texts: str) -> Family:
    """A family with words of its own."""
    return replace(edition().family, texts=texts, tells=tells)


@pytest.mark.parametrize(
    ("error", "texts", "said"),
    [
        pytest.param(Unauthorized("no key"), {}, "Wrong: no key", id="no words"),
        pytest.param(Unauthorized("no key"), {"unauthorized": "Who?"}, "Who?", id="of the kind"),
        pytest.param(NotFound("no", "a.b.known"), {"a.b.known": "Gone."}, "Gone.", id="of the rule"),
        pytest.param(NotFound.by(LONG), {"length": "no", "not_found": "{field}>{limit}"}, "title>80", id="with values"),
        pytest.param(Conflict("twice"), {"not_found": "Gone."}, "Wrong: twice", id="of another kind"),
        pytest.param(Forced(401, "401", ""), {"unauthorized": "Who?"}, "Wrong.", id="asked for"),
        pytest.param(Invalid([LONG]), {"length": "{field}>{limit}: {value}"}, 'title>80: "{limit}"', id="filled"),
        pytest.param(Invalid([LONG]), {"length": "{length} of {limit}"}, "81 of 80", id="with the length"),
        pytest.param(Invalid([LONG, MISSING]), {"invalid": "{field}{allowed}"}, "title; model", id="of all"),
        pytest.param(
            Invalid([MISSING, LONG]),
            {"length": "long"},
            "Wrong: 2 rules are broken: model is missing (extend.model.required); title is long (extend.title.length)",
            id="words for one of two",
        ),
    ],
)
def test_the_words_of_the_profile_are_said_where_it_has_some(error: ApiError, texts: dict[str, str], said: str) -> None:
    assert refusal_text(error, "Wrong.", family(**texts)) == said


def test_one_of_several_rules_is_told_where_the_profile_does_so() -> None:
    both = Invalid([LONG, MISSING])
    assert told(both, family()) is both
    assert told(both, family("first")).rules == ("extend.title.length",)
    alone = Invalid([LONG])
    assert told(alone, family("first")) is alone
