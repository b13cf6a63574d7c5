"""The harness can fail: a few faults here, the whole catalogue by `python -m contract_tests.mutants`."""

from collections.abc import Iterator

import pytest

from contract_tests.mock import mock
from contract_tests.mutants.__main__ import UNHARMED, killed
from contract_tests.mutants.catalogue import mutants
from contract_tests.mutants.proxy import Mutant
from contract_tests.published import Published, profiles

APIKLEY = Published.read("apikley")
ALL = list(mutants(APIKLEY))
FEW = ALL[5::24]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mock("apikley") as running:
        yield running


@pytest.mark.parametrize("profile", profiles())
def test_there_are_many_mutants_each_with_a_name_of_its_own(profile: str) -> None:
    names = [mutant.name for mutant in mutants(Published.read(profile))]
    assert len(names) >= 120
    assert len(set(names)) == len(names)


def test_the_few_are_of_most_groups() -> None:
    assert {mutant.group for mutant in FEW} >= {"acceptance", "refusal", "envelope", "callbacks"}


def test_a_server_without_a_fault_raises_no_alarm(url: str) -> None:
    assert killed(url, APIKLEY, UNHARMED).rules == ()


@pytest.mark.parametrize("mutant", FEW, ids=lambda mutant: mutant.name)
def test_a_fault_is_found(url: str, mutant: Mutant) -> None:
    found = killed(url, APIKLEY, mutant)
    assert found.by, found.rules
