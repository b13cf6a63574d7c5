"""The cover of a mocked track: a JPEG that follows from its id and title."""

import io
import textwrap
import unicodedata
from collections.abc import Iterator
from typing import Final

from mock_server.core.seeded import pick
from mock_server.media.sound import short_title

COVER: Final = 512
"""Pixels of a cover's sides (ours)."""

FONT_SIZE: Final = 64
"""Pixels of the letters of a title that has room (ours)."""

CELLS: Final = 5
"""Cells of the pattern in a row and in a column; it is the same from the left and from the right (ours)."""


def cover(track: str, title: str) -> bytes:
    """A JPEG of two colours and a pattern of the track's own, with the title on it. Letters that the font lacks are
    boxes."""
    from PIL import Image, ImageDraw, ImageFont, ImageOps  # slow to import, and most runs draw no cover

    top, bottom = (pick(range(360), 0, track, "cover", edge) for edge in ("top", "bottom"))
    gradient = Image.linear_gradient("L").resize((COVER, COVER))
    image = ImageOps.colorize(gradient, f"hsl({top}, 60%, 40%)", f"hsl({bottom}, 60%, 20%)")
    draw, side = ImageDraw.Draw(image), COVER / CELLS
    for column, row in cells(track):
        draw.rectangle(
            (column * side, row * side, (column + 1) * side - 1, (row + 1) * side - 1), f"hsl({bottom}, 70%, 12%)"
        )
    lines = textwrap.wrap(_unaccented(short_title(title)), 18, max_lines=6, placeholder="…")
    font = ImageFont.load_default(FONT_SIZE)
    widest = max((font.getlength(line) for line in lines), default=0)
    font = ImageFont.load_default(FONT_SIZE * min(1, 0.875 * COVER / max(widest, 1)))
    middle = (COVER / 2, COVER / 2)
    draw.multiline_text(middle, "\n".join(lines), "white", font, "mm", align="center")
    written = io.BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()


def cells(track: str) -> Iterator[tuple[int, int]]:
    """The dark cells of a track's pattern, by column and row, which tells the tracks of a task apart at a glance."""
    for column in range((CELLS + 1) // 2):
        for row in range(CELLS):
            if pick((False, True), 0, track, "cover", column, row):
                yield from {(column, row), (CELLS - 1 - column, row)}


def _unaccented(text: str) -> str:
    """Letters without their marks, for a font of plain letters alone."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
