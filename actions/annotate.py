"""Annotate a job with the violations of a report of suno-contract: `python annotate.py REPORT STATUS`.

Each violated rule is an error of the job, and a row of its summary. GitHub shows ten errors of a step, the summary all.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}
"""What a command of a workflow writes otherwise; so do titles with the next two."""
ESCAPED_IN_TITLES = {**ESCAPED, ":": "%3A", ",": "%2C"}


def violations(report: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The rule, what was found and where the rule stands, of the first violation of each rule."""
    for row in report["rules"]:
        found = next((each for each in row["results"] if each["verdict"] == "violated"), None)
        if found:
            finding = found["findings"][0]
            tried = f"{found['tried']}: " if found["tried"] else ""
            yield row["rule"], f"{tried}expected {finding['expected']}; got {finding['got']}", found["place"]


def error(title: str, text: str) -> str:
    """A command that makes an error of the job."""
    return f"::error title={_escaped(title, ESCAPED_IN_TITLES)}::{_escaped(text, ESCAPED)}"


def summary(found: Sequence[tuple[str, str, str]]) -> str:
    """The violations as a table in Markdown."""
    rows = [f"| {' | '.join(map(_cell, each))} |\n" for each in found]
    return "".join(["| violated rule | what came | document |\n| --- | --- | --- |\n", *rows])


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)


def _cell(text: str) -> str:
    return "`" + " ".join(text.split()).replace("|", "\\|").replace("`", "'") + "`"


def main(report: str, status: str) -> None:
    """Print the errors, and add the table to the file that GITHUB_STEP_SUMMARY names."""
    file = Path(report)
    if not file.is_file():
        print(error("suno-contract", f"it made no report and ended with {status}: its last lines say why"))
        return
    found = list(violations(json.loads(file.read_text("utf-8"))))
    for rule, text, place in found:
        print(error(rule, f"{text} ({place})" if place else text))
    if found:
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as written:
            written.write(summary(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
