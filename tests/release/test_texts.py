"""What a release writes, and what it refuses."""

import datetime

import pytest

from release.texts import CannotRelease, released, section

DAY = datetime.date(2026, 11, 26)
CHANGES = "# Changelog\n\n## 0.2.0 (unreleased)\n\n### Added\n\n- One.\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n"


def files(**changed: str) -> dict[str, str]:
    """A small project of version 0.2.0."""
    return {
        "CHANGELOG.md": changed.get("changelog", CHANGES),
        "mock_server/__init__.py": changed.get("package", 'x = 1\n__version__ = "0.2.0"\n'),
        "openapi/admin.openapi.yaml": "openapi: 3.1.0\ninfo:\n  version: 0.2.0\n",
    }


@pytest.mark.parametrize("version", ["0.2.0", "0.3.0", "1.0.0rc1"])
def test_every_file_says_the_version_and_the_changelog_the_day(version: str) -> None:
    assert released(files(), version, DAY) == {
        "CHANGELOG.md": CHANGES.replace("0.2.0 (unreleased)", f"{version} (2026-11-26)"),
        "mock_server/__init__.py": f'x = 1\n__version__ = "{version}"\n',
        "openapi/admin.openapi.yaml": f"openapi: 3.1.0\ninfo:\n  version: {version}\n",
    }


def test_the_notes_are_what_is_new_alone() -> None:
    assert section(CHANGES) == "### Added\n\n- One."
    assert section("## 0.1.0 (unreleased)\n\n- All.\n") == "- All."


@pytest.mark.parametrize(
    ("version", "changed", "problem"),
    [
        ("new", {}, "'new' is no version; allowed: such as 0.2.0 or 0.2.0rc1"),
        ("v0.2.0", {}, "'v0.2.0' is written '0.2.0'"),
        ("0.1.9", {}, "0.1.9 is lower than 0.2.0, the version in mock_server/__init__.py"),
        ("0.2.0", {"package": ""}, "mock_server/__init__.py says no version"),
        ("0.2.0", {"changelog": ""}, "CHANGELOG.md has no heading; allowed: '## VERSION (unreleased)'"),
        (
            "0.2.0",
            {"changelog": CHANGES.replace("unreleased", "2026-11-01")},
            "the first heading of CHANGELOG.md is '## 0.2.0 (2026-11-01)'; allowed: '## VERSION (unreleased)', with "
            "what is new below it",
        ),
        (
            "0.2.0",
            {"changelog": "## 0.2.0 (unreleased)\n\n## 0.1.0 (2026-01-01)\n"},
            "CHANGELOG.md has nothing under '## 0.2.0 (unreleased)': say what a user can do now",
        ),
    ],
)
def test_what_cannot_be_released_is_named(version: str, changed: dict[str, str], problem: str) -> None:
    with pytest.raises(CannotRelease) as raised:
        released(files(**changed), version, DAY)
    assert str(raised.value) == problem
