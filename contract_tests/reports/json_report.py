"""The report as JSON, for a program to read. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from contract_tests.reports.report import Report
from contract_tests.reports.rows import Row, curl
from contract_tests.verdicts.results import Result


def as_json(report: Report) -> str:
    """What the run was, every rule with its results, and everything that was sent and came."""
    whole = {
        "about": asdict(report.about),
        "summary": report.summary,
        "missing": report.missing,
        "rules": [_row(row) for row in report.rows],
        "requests": [*report.requests()],
    }
    return json.dumps(whole, indent=2).replace("\x7f", "\\u007f")


def _row(row: Row) -> Mapping[str, Any]:
    """A rule with its results."""
    source, demand, _ = row.results[0].basis
    results = [_result(each) for each in row.results]
    return {"rule": row.rule, "verdict": row.verdict, "source": source, "demand": demand, "results": results}


def _result(result: Result) -> Mapping[str, Any]:
    probe, exchange = result.probe, result.exchange
    place, quote = result.citation
    return {
        "verdict": result.verdict,
        "tried": probe.says if probe else "",
        "place": place,
        "quote": quote,
        "why": result.why,
        "findings": [{"expected": each.expected, "got": each.got} for each in result.findings],
        "request": exchange.number if exchange else None,
        "curl": curl(exchange) if exchange and result.broken else "",
    }
