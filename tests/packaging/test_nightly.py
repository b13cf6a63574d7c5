"""What `.ci/nightly` does, as far as it shows without installing anything."""

import re
import tomllib
from typing import Any

from tests.packaging.advisories import judged
from tests.packaging.environment import ROOT, ended
from tests.packaging.oldest import PYPROJECT, bounds, too_low

NIGHTLY = ROOT / ".ci" / "nightly"

RESOLVED = "click==8.4.0\nuvloop==0.21.0 ; sys_platform != 'win32'\nyarl==1.25.1\n"


def test_a_bound_below_what_goes_together_is_named() -> None:
    wanted = ["click>=8.4.0", "uvloop>=0.21.0; sys_platform != 'win32'", "yarl>=1.20.0", "pluggy>=1.0.0,<2"]
    assert too_low(wanted, RESOLVED) == [
        "yarl>=1.20.0 is too low: the oldest that goes together with the others is 1.25.1",
        "pluggy>=1.0.0 is too low: the oldest that goes together with the others is None",
    ]


def test_every_requirement_has_a_lower_bound() -> None:
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    for wanted in (project["dependencies"], *project["optional-dependencies"].values()):
        others = [each for each in wanted if not each.startswith("suno-mock[")]
        assert len(list(bounds(others))) == len(others)


def test_a_section_that_is_not_there_names_those_that_are() -> None:
    ran = ended(["bash", str(NIGHTLY), "bounds", "oldset"], ROOT)
    assert ran.returncode == 2
    sections = re.search(r"SECTIONS=\((.+)\)", NIGHTLY.read_text("utf-8"))[1]  # type: ignore[index]
    assert ran.stderr == f".ci/nightly: oldset is no section. There are: {sections}\n"


def test_every_section_is_described_and_there() -> None:
    text = NIGHTLY.read_text("utf-8")
    described = re.findall(r"^#   ([a-z]+) ", text, re.M)
    assert described == re.search(r"SECTIONS=\((.+)\)", text)[1].split()  # type: ignore[index]
    assert set(described) <= set(re.findall(r"^([a-z]+)\(\) {", text, re.M))


def test_an_advisory_is_named_with_what_mends_it() -> None:
    known = {"id": "PYSEC-2026-1", "fix_versions": ["1.1", "2.0"]}
    found: list[dict[str, Any]] = [
        {"name": "one", "version": "1.0", "vulns": [known, {"id": "PYSEC-2026-2", "fix_versions": []}]},
        {"name": "two", "version": "2.0", "vulns": []},
        {"name": "three", "skip_reason": "not found"},
    ]
    assert judged(found) == (
        ["one 1.0: PYSEC-2026-1, mended in 1.1, 2.0", "one 1.0: PYSEC-2026-2, mended in none"],
        "advisories were read about 2 of 3 distributions; 2 are open",
    )


def test_no_advisories_that_could_be_read_are_no_good_news() -> None:
    said = "skipped: no advisory service that knows these distributions can be reached from here"
    assert judged([{"name": "one", "skip_reason": "not found"}]) == ([], said)
    assert judged([]) == ([], said)
