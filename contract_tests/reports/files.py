"""Writes the reports of a run into a folder."""

from collections.abc import Sequence
from pathlib import Path

from contract_tests.reports.html import as_html
from contract_tests.reports.rows import Row, as_json, as_junit


def write(folder: Path, found: Sequence[Row], target: str, document: str, summary: str) -> None:
    """Writes `report.json`, `report.html` and `junit.xml` into a folder that exists."""
    (folder / "report.json").write_text(as_json(found), "utf-8")
    (folder / "report.html").write_text(as_html(found, target, document, summary), "utf-8")
    (folder / "junit.xml").write_text(as_junit(found), "utf-8")
