"""Build the pages as a site, with mkdocs-material: `python -m docs.site [--output FOLDER]`.

The pages are those of the repository, with links as the site has them, and reference pages made from the documents,
the commands and the data. A link that leads nowhere ends it with status 1.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.site import pages, reference

CONFIG = Path(__file__).with_name("mkdocs.yml")


def main() -> int:
    """Build the site; the status of mkdocs."""
    options = argparse.ArgumentParser(prog="python -m docs.site", description="Build the pages as a site.")
    options.add_argument("--output", type=Path, default=Path("site"), metavar="FOLDER", help="where it goes: ./site")
    output: Path = options.parse_args().output
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "pages")
        write(source)
        shutil.copy(CONFIG, folder)
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(output.resolve())]
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


def write(folder: Path) -> None:
    """Write every page into a folder, as mkdocs takes them, with the pictures."""
    written = {place: pages.on_site(page) for page, place in pages.PAGES.items()}
    for place, text in {**written, **reference.pages()}.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, "utf-8")
    for picture in pages.PICTURES:
        shutil.copy(picture, folder)


if __name__ == "__main__":
    sys.exit(main())
