"""Whether the lower bounds in pyproject.toml are what is installed at the least: `.ci/nightly` asks.

`python -m tests.packaging.oldest RESOLVED [EXTRA]` reads the oldest releases that go together, a `name==version` per
line as `uv pip compile --resolution lowest-direct` writes them, and fails where a bound of the extra (or, without one,
of the mock itself) is lower: nobody could ever install that, and no test would show whether it works.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def bounds(wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The name and the lower bound of each requirement; suno-mock's own extras have none."""
    for requirement in wanted:
        if match := re.match(r"([a-z0-9-]+)>=([0-9.]+)", requirement):
            yield match[1], match[2]


def too_low(wanted: Sequence[str], resolved: str) -> list[str]:
    """A line for each lower bound that is not what was resolved."""
    oldest = dict(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", resolved, re.M))
    return [
        f"{name}>={bound} is too low: the oldest that goes together with the others is {oldest.get(name)}"
        for name, bound in bounds(wanted)
        if bound != oldest.get(name)
    ]


def main(resolved: str, extra: str = "") -> None:
    project: Mapping[str, Any] = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    wanted = project["optional-dependencies"][extra] if extra else project["dependencies"]
    sys.exit("\n".join(too_low(wanted, Path(resolved).read_text("utf-8"))) or 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
