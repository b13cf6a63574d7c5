"""What `.ci/nightly` does, as far as it shows without installing anything."""

import re
import tomllib

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
