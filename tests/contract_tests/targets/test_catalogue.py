"""The tables of legal variants and of faults: how many, under which names, and on what each rests."""

import re
from fnmatch import fnmatchcase

import pytest

from contract_tests.documents import rules
from contract_tests.documents.files import Document, profile_file
from contract_tests.targets.behaviour import conforming
from contract_tests.targets.changes import Fault, Legal
from contract_tests.targets.edition import EDITIONS, Edition
from contract_tests.targets.faults.catalogue import faults
from contract_tests.targets.legal import legal

LEGAL = list(legal())
ANSWERS = rules.registry("apikley")


def words(text: str) -> str:
    """A text without what only lays it out."""
    return re.sub(r"[\s`*]+", " ", text)


def document(edition: str) -> str:
    return words(Document.read(profile_file(edition)["document"]).path.read_text("utf-8"))


CALLBACKS = words(Document.read(profile_file("classic")["callback_document"]).path.read_text("utf-8"))
DOCUMENTS = {edition: document(edition) + CALLBACKS for edition in EDITIONS}


def test_there_are_many_legal_variants_each_with_a_name_of_its_own() -> None:
    assert len({each.name for each in LEGAL}) == len(LEGAL) >= 60


@pytest.mark.parametrize("variant", LEGAL, ids=lambda each: each.name)
def test_what_leaves_it_open_stands_in_the_document(variant: Legal) -> None:
    for edition in variant.editions:
        assert words(variant.leaves_open) in DOCUMENTS[edition]


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_there_are_many_faults_several_of_each_kind(edition: Edition) -> None:
    found = list(faults(edition))
    assert len({each.name for each in found}) == len(found) >= 400
    kinds = [each.kind for each in found]
    assert all(kinds.count(kind) > 1 for kind in kinds)


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_every_fault_breaks_a_rule_of_the_registry(edition: Edition) -> None:
    known = rules.registry(edition.name).ids
    for fault in faults(edition):
        named = [rule for rule in known if any(fnmatchcase(rule, pattern) for pattern in fault.breaks)]
        assert named, fault.name


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_every_variant_changes_the_server(edition: Edition) -> None:
    base = conforming(edition)
    every: list[Legal | Fault] = [*LEGAL[1:], *faults(edition)]
    for variant in every:
        if edition.name in variant.editions:
            assert variant.change(base) != base, variant.name


def test_a_check_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(LookupError, match=r"no check 'title\.size'\. Known: .*title\.length"):
        conforming(EDITIONS["apikley"]).checked_by({"title.size": None})
