"""How long the reports of a recording take that `suno-contract proxy --report-dir` writes anew while it runs:

python -m benchmarks.page --messages 10000

The first time nothing is remembered of its messages; the second time their verdicts by the schemas are, as in a proxy,
which has judged each as it passed.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.recordings import copied, recorded
from contract_tests.documents.published import Published
from contract_tests.recording.read import RecordingFile
from contract_tests.recording.report import REQUESTS, report
from contract_tests.reports.html import as_html
from contract_tests.reports.json_report import as_json
from contract_tests.reports.junit import as_junit


def timed(what: str, made: Callable[[], Any]) -> Any:
    begun = time.process_time()
    result = made()
    print(f"{what:24} {time.process_time() - begun:5.2f} s of the processor", flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    given = parser.parse_args()
    published = Published.read("apikley")
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "live.jsonl"
        with file.open("w", encoding="utf-8") as written:
            written.writelines(copied(recorded(), given.messages))
        for turn in ("first", "second"):
            made = timed(f"judged, the {turn} time", lambda: report(RecordingFile(file), published, requests=REQUESTS))
        timed("report.html", lambda: as_html(made))
        timed("report.json, junit.xml", lambda: (as_json(made), as_junit(made)))


if __name__ == "__main__":
    main()
