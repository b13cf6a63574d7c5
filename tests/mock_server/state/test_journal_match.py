"""Which entries of the journal are meant."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting, NotFound
from mock_server.domain.answer import accepted, refused
from mock_server.domain.attempt import Outcome
from mock_server.state.journal_entries import Entry, Requested
from mock_server.state.journal_match import Match
from tests.builders import attempted, edition, requested, task

texts = st.sampled_from(["a", "b", "c"])
requests = st.builds(
    lambda key, path, code, id: requested(
        replace(accepted(task(id=id).record, edition(), ""), code=code), key=key, path=path
    ),
    st.none() | texts,
    texts,
    st.sampled_from([200, 402]),
    texts,
)
attempts = st.builds(
    lambda **changes: attempted(**changes),
    key=texts,
    task_id=texts,
    code=st.sampled_from([200, 531]),
    stage=texts,
    outcome=st.sampled_from(Outcome),
)
entries = requests | attempts


def own(entry: Entry) -> dict[str, Any]:
    """Everything that a Match can ask of the entry."""
    common = {"key": entry.key, "task_id": entry.task_id, "code": entry.code}
    if isinstance(entry, Requested):
        return {"kind": "request", "path": entry.call.path, **common}
    return {"kind": "attempt", "stage": entry.stage, "outcome": entry.outcome.value, **common}


@given(entries)
def test_no_condition_matches_everything(entry: Entry) -> None:
    assert Match()(entry)


@given(entries, st.data())
def test_an_entry_matches_its_own_fields(entry: Entry, data: st.DataObject) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(own(entry)))))
    assert Match(**{name: own(entry)[name] for name in names})(entry)


@given(entries, st.sampled_from([each.name for each in fields(Match)]))
def test_one_other_value_is_no_match(entry: Entry, name: str) -> None:
    other = -1 if name == "code" else "another"
    assert not Match(**{**own(entry), name: other})(entry)


def test_a_refusal_has_no_task_to_match() -> None:
    assert not Match(task_id="5c79")(requested(refused(NotFound("no track"), edition())))


def test_a_stage_is_that_of_an_attempt() -> None:
    assert [Match(stage="text")(entry) for entry in (requested(), attempted())] == [False, True]
    assert [Match(path="/api/v1/generate/extend")(entry) for entry in (requested(), attempted())] == [True, False]


def test_a_match_is_made_by_name() -> None:
    fields = {"kind": "attempt", "stage": "text", "outcome": None, "code": 200}
    assert Match.of(**fields) == Match(kind="attempt", stage="text", code=200)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"cod": 422},
            "field of an entry 'cod' is unknown. Nearest: code. Known: code, key, kind, outcome, path, stage, task_id.",
        ),
        ({"kind": "requests"}, "kind 'requests' is unknown. Nearest: request. Known: attempt, request."),
        ({"stage": "tekst"}, "stage 'tekst' is unknown. Nearest: text. Known: complete, first, text."),
        ({"code": "200"}, "code is '200'. Allowed: a whole number."),
        ({"code": True}, "code is True. Allowed: a whole number."),
    ],
)
def test_a_match_has_no_field_or_value_that_no_entry_has(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Match.of(**fields)
    assert str(refused.value) == said
