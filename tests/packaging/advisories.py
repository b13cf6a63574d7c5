"""What pip-audit found in requirements.lock: `.ci/nightly audit` asks.

`python -m tests.packaging.advisories FOUND` reads what `pip-audit -f json` wrote, and fails where an advisory is about
a release that is pinned. It ends well, and says so, where none could be read: pip-audit itself ends well where its
service knows none of the distributions, and that is no good news.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def judged(found: Sequence[Mapping[str, Any]]) -> tuple[list[str], str]:
    """A line for each advisory, and how many distributions were looked up."""
    advisories = [
        f"{each['name']} {each['version']}: {advisory['id']}, mended in {', '.join(advisory['fix_versions']) or 'none'}"
        for each in found
        for advisory in each.get("vulns", ())
    ]
    asked = sum("vulns" in each for each in found)
    if not asked:
        return advisories, "skipped: no advisory service that knows these distributions can be reached from here"
    return advisories, f"advisories were read about {asked} of {len(found)} distributions; {len(advisories)} are open"


def main(path: str) -> None:
    text = Path(path).read_text("utf-8")
    advisories, said = judged(json.loads(text)["dependencies"] if text.strip() else [])
    print("\n".join([*advisories, f"== advisories: {said}"]))
    sys.exit(bool(advisories))


if __name__ == "__main__":
    main(*sys.argv[1:])
