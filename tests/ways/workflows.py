"""The workflows of docs/ci.md and of this project: `python -m tests.ways.workflows FOLDER` writes them for linters."""

import re
import sys
from pathlib import Path
from typing import Any

from tests.packaging.environment import ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
WORKFLOWS = {
    **{
        f"{text[len('name: ') :].splitlines()[0].lower()}.yml": text
        for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    },
    **{file.name: file.read_text("utf-8") for file in sorted((ROOT / ".github" / "workflows").glob("*.yml"))},
}
"""Each workflow by the name of its file."""


def own_action(step: dict[str, Any]) -> Path | None:
    """The file of an action of this repository that a step uses."""
    match = re.fullmatch(r"(?:OWNER/suno-mock|\.)(?:/([\w/]*))?(?:@v[\d.]+)?", step.get("uses", ""))
    return ROOT / (match[1] or "") / "action.yml" if match else None


def main(folder: str) -> None:
    """Write every workflow into a folder."""
    Path(folder).mkdir(parents=True)
    for name, text in WORKFLOWS.items():
        Path(folder, name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
