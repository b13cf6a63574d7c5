"""Writes the reports of a run into a folder."""

from collections.abc import Sequence
from pathlib import Path

from contract_tests.reports import safe_files
from contract_tests.reports.html import as_html
from contract_tests.reports.rows import Row, as_json, as_junit


def write(
    folder: Path, found: Sequence[Row], target: str, document: str, summary: str, *, strict: bool = False
) -> None:
    """Writes `report.json`, `report.html` and `junit.xml` into a folder that exists. Raises OSError."""
    safe_files.replace(folder / "report.json", as_json(found))
    safe_files.replace(folder / "report.html", as_html(found, target, document, summary))
    safe_files.replace(folder / "junit.xml", as_junit(found, strict=strict))
