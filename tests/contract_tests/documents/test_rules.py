"""The registry of rules: every id is there once, is used, and stands where it says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

import pytest

from contract_tests.documents.extend import PROFILE
from contract_tests.documents.files import ROOT, load, profiles
from contract_tests.documents.published import Published
from contract_tests.documents.rules import check, known, registry, source
from contract_tests.documents.sources import Source
from contract_tests.mutants.catalogue import mutants
from contract_tests.mutants.proxy import Mutant
from contract_tests.probes.all import Probes
from contract_tests.probes.from_document import Made, probed
from contract_tests.probes.near_misses import Polls
from contract_tests.probes.plan import Plan
from contract_tests.probes.refusals import LEFT_TO_QUESTIONS
from contract_tests.probes.request import ACCEPTED, Probe, probe
from contract_tests.probes.strategies import Strategies, valid_probe
from contract_tests.probes.triggers import mock_triggers, triggered
from contract_tests.target.mock import mock_tracks
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.of_refusals import OF_REFUSALS
from contract_tests.verdicts.readings import OF_COURSES, OF_FAILURES, looked
from contract_tests.verdicts.results import Result, Verdict
from contract_tests.your_receiver.cases import cases
from tests.contract_tests.verdicts import faults, operation_faults
from tests.courses import exchange

PUBLISHED = {profile: Published.read(profile) for profile in profiles()}
JUDGED = load("openapi/judged.yaml")
UNKNOWN = r"^rule 'answer\.mgs' is unknown\. Nearest: answer\.msg\. openapi/judged\.yaml lists the rules that no schema"
WHOLE = {"callbacks", "polling"}
"""What passes where no rule on the callbacks of a task, or on its record, is broken."""
each_profile = pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)


def probes(published: Published) -> Iterator[Probe]:
    """Everything that is ever sent for a profile."""
    tracks = mock_tracks(published)
    all_probes = Probes(published, tracks)
    yield from all_probes
    yield from all_probes.deliveries(retries=3)
    yield from triggered(mock_triggers(published), all_probes.request({}))
    for body in (dict(published.example), {}):
        yield probed(Made(body=body, track=tracks[0]), published)
    yield valid_probe(all_probes.request({}))
    yield from Polls(published, tracks, ["EMPTY_KEY"])
    names = tuple(each.name for each in published.operations)
    yield from Plan(published=published, tracks=tracks, operations=names).of_operation_probes()


def decided(published: Published) -> set[str]:
    """Rules of a request of which a question decides whether they hold, and whose question is asked."""
    asked = {each.question for each in Probes(published, mock_tracks(published))}
    by_reading = {rule.id for rule in published.rules if rule.when and rule.when.keys() <= asked}
    return by_reading | {rule for rule, question in LEFT_TO_QUESTIONS.items() if question in asked}


def used(published: Published) -> set[str]:
    return {
        *(each.rule for each in probes(published)),
        *(fault.rule for fault in Strategies(published, mock_tracks(published)).faults()),
        *decided(published),
        *faults.found(),
        *(rule for rule in operation_faults.found() if rule in published.registry.ids),
        *OF_REFUSALS,
        *OF_COURSES,
        *OF_FAILURES,
        *(each.question for each in looked(exchange({"code": 404}), 88, published.questions)),
        *(each.question for each in probes(published) if each.question),
        *(case.id for case in cases(published)),
        *WHOLE,
    }


@each_profile
def test_every_id_that_is_used_is_in_the_registry(published: Published) -> None:
    assert used(published) - published.registry.ids == set()


def test_every_id_of_the_registry_is_used() -> None:
    assert known() - set().union(*map(used, PUBLISHED.values())) == set()


@each_profile
def test_every_rule_of_the_documents_and_every_documented_failure_is_in_the_registry(published: Published) -> None:
    documented = {
        *(rule.id for rule in published.rules),
        *(limit.rule for limit in published.limits),
        *(f"code.{code}" for code in published.failures),
    }
    assert documented <= published.registry.ids


@each_profile
def test_no_listed_rule_is_one_that_a_document_or_a_question_gives(published: Published) -> None:
    listed = [*chain.from_iterable(entry["demands"] for entry in JUDGED["rules"]), *JUDGED["cases"]]
    assert len(set(listed)) == len(listed)
    given = {rule.id for rule in published.rules} | {limit.rule for limit in published.limits} | {*published.questions}
    assert not given & set(listed)
    assert not [rule for rule in listed if re.match(r"(code|question)\.", rule)]


@each_profile
def test_every_rule_stands_where_the_registry_says(published: Published) -> None:
    for rule in published.registry.ids:
        place, quote = published.registry.cited(rule)
        if re.fullmatch(r"[a-z./-]+\.yaml:\d+", place):
            file, _, number = place.partition(":")
            lines = (ROOT / "openapi" / file).read_text("utf-8").replace("`", "").replace("’", "'").splitlines()
            assert quote in lines[int(number) - 1]


@each_profile
def test_the_rules_of_what_comes_have_a_line_or_are_ours(published: Published) -> None:
    ours = chain.from_iterable(entry["demands"] for entry in JUDGED["rules"] if "quote" not in entry)
    unquoted = {rule for rule in faults.found() if not published.registry.cited(rule).quote}
    assert unquoted == {*ours} & faults.found()


READ = Path(__file__).with_name("rules_read.txt")
"""Every rule as a person has read it: id, source, demand and quote; in brackets the profiles, where these differ."""


def test_every_rule_stands_where_a_person_read_it() -> None:
    """A rule that is new, or that says something else, is read with its document, and its line put into the file."""
    read: dict[str, list[str]] = {}
    for profile, published in PUBLISHED.items():
        for rule in published.registry.ids:
            source, demand, (_, quote) = published.registry.basis(rule)
            read.setdefault(" | ".join((rule, source, demand, quote)), []).append(profile)
    lines = {f"{line}  [{', '.join(found)}]" if len(found) < len(PUBLISHED) else line for line, found in read.items()}
    assert sorted(lines) == READ.read_text("utf-8").splitlines()


def test_every_profile_says_the_same_of_where_a_rule_stands() -> None:
    for rule in known():
        having = [each.registry for each in PUBLISHED.values() if rule in each.registry.ids]
        assert {each.basis(rule).source for each in having} == {source(rule)}


@each_profile
def test_a_violation_is_of_a_sentence_of_the_document_or_of_plain_sense(published: Published) -> None:
    """What no sentence says has no quote, and what one says has one in a document of the profile, or in itself."""
    documents = {published.document.name, published.callback_document.name, PROFILE}
    documents |= {"family.openapi.yaml", *(f"operations/{each.name}.yaml" for each in published.operations)}
    for rule in published.registry.ids:
        basis = published.registry.basis(rule)
        file = basis.citation.place.partition(":")[0]
        if basis.source is Source.DOCUMENT:
            assert file in documents, rule
        if basis.source is Source.SENSE:
            assert file == "", rule
        assert basis.demand, rule


@each_profile
def test_what_a_question_decides_is_open_whatever_the_profile_takes(published: Published) -> None:
    for rule in published.rules:
        if rule.id in LEFT_TO_QUESTIONS or rule.id.endswith(".empty"):
            assert source(rule.id) is Source.OPEN


@each_profile
def test_a_limit_stands_at_the_line_of_its_model(published: Published) -> None:
    for limit in published.limits:
        assert published.registry.cited(limit.rule, limit.model).place == limit.citation.place


def test_the_line_of_a_limit_is_that_of_the_probes_model() -> None:
    published = PUBLISHED["apikley"]
    too_long = {each.model: each for each in Probes(published, mock_tracks(published)) if each.model}
    for model in ("V4", "V5"):
        result = Result(rule=too_long[model].rule, verdict=Verdict.VIOLATED, probe=too_long[model])
        assert result.cited(published.registry).citation.quote.startswith(f"- **{model}**:")
        assert replace(result, rule="answer.given").cited(published.registry).citation.quote == ""


@pytest.mark.parametrize(
    "make",
    [
        lambda rule: probe(rule, "a typing error", {}, ACCEPTED),
        lambda rule: Finding(rule=rule, expected="", got=""),
        lambda rule: Result(rule=rule, verdict=Verdict.PASSED),
        lambda rule: Mutant(name="a typing error", group="envelope", by=rule),
        check,
        registry("classic").cited,
    ],
)
def test_an_unknown_rule_is_refused_with_the_nearest(make: Callable[[str], object]) -> None:
    with pytest.raises(LookupError, match=UNKNOWN):
        make("answer.mgs")


def test_a_rule_of_another_profile_has_no_line() -> None:
    check("extend.personaId.known")
    with pytest.raises(
        LookupError, match=r"^rule 'extend\.personaId\.known' is unknown\. Nearest: extend\.audioId\.known"
    ):
        registry("classic").cited("extend.personaId.known")


@pytest.mark.parametrize("profile", profiles())
def test_every_mutant_names_a_rule_that_can_find_it(profile: str) -> None:
    published = PUBLISHED[profile]
    for mutant in mutants(published):
        assert mutant.by
        assert any(fnmatchcase(rule, mutant.by) for rule in published.registry.ids), mutant.name
