"""Writes the reports of a run into a folder."""

from pathlib import Path

from contract_tests.reports import safe_files
from contract_tests.reports.html import as_html
from contract_tests.reports.json_report import as_json
from contract_tests.reports.junit import as_junit
from contract_tests.reports.report import Report


def write(folder: Path, report: Report, mode: int | None = None) -> None:
    """Writes `report.json`, `report.html` and `junit.xml` into a folder that exists, with a mode. Raises OSError."""
    safe_files.replace(folder / "report.json", as_json(report), mode)
    safe_files.replace(folder / "report.html", as_html(report), mode)
    safe_files.replace(folder / "junit.xml", as_junit(report), mode)
