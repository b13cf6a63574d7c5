"""Makes docs/providers.md of the profiles: `python -m tests.provider_page` writes it anew."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mock_server.contract.profile_diff import compared
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
    names = (BASE, *PROVIDERS)
    for heading, rows in compared([*map(edition, names)]):
        yield f"## {heading}\n"
        yield f"| | {' | '.join(names)} |"
        yield "| --- " * (len(names) + 1) + "|"
        for about, cells in rows:
            yield f"| {' | '.join((each or '').replace('|', chr(92) + '|') for each in (about, *cells))} |"
        yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
