"""Makes docs/providers.md of the profiles: `python -m tests.provider_page` writes it anew."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mock_server.contract.profile_diff import SUBJECTS, Facts
from tests.builders import edition

PAGE: Final = Path(__file__).parents[1] / "docs" / "providers.md"
BASE: Final = "apikley"
PROVIDERS: Final = ("kie", "sunoapi")
BEGINS: Final = """# Providers

What two other providers of the family do otherwise than `apikley`, as `suno-mock serve --profile kie` and
`--profile sunoapi` play them. Each line of `openapi/profiles/kie.yaml` and `openapi/profiles/sunoapi.yaml` says whether
the provider documents it (D), a public capture shows it (S), or it is inferred (I), and `unverified` where nobody saw
it; at their ends they list what the providers do and the mock does not. `suno-mock profiles diff kie sunoapi` compares
any two. This page is made from the profiles; an empty cell says that the profile has no such thing, and a reading that
says 422 means the code of `invalid`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([BEGINS, *_sections()])


def _sections() -> Iterator[str]:
    base = edition(BASE)
    compared = [base, *map(edition, PROVIDERS)]
    for heading, facts in SUBJECTS.items():
        columns = [facts(each, base) for each in compared]
        rows = list(_rows(columns))
        if rows:
            yield f"## {heading}\n"
            yield f"| | {' | '.join((BASE, *PROVIDERS))} |"
            yield "| --- " * (len(columns) + 1) + "|"
            yield from rows
            yield ""


def _rows(columns: list[Facts]) -> Iterator[str]:
    """A row for each thing that is not the same everywhere."""
    for name in dict.fromkeys(name for column in columns for name in column):
        cells = [column.get(name, "") for column in columns]
        if len({*cells}) > 1:
            yield f"| {' | '.join(each.replace('|', chr(92) + '|') for each in (name, *cells))} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
