"""The cover of a mocked track: a JPEG that follows from its id and title."""

import io
import textwrap
import unicodedata
from typing import Final

from mock_server.core.seeded import pick
from mock_server.media.sound import short_title

COVER: Final = 512
"""Pixels of a cover's sides (ours)."""

FONT_SIZE: Final = 64
"""Pixels of the letters of a title that has room (ours)."""


def cover(track: str, title: str) -> bytes:
    """A JPEG of two colours of the track's own, with the title on it. Letters that Pillow's font lacks are boxes."""
    from PIL import Image, ImageDraw, ImageFont, ImageOps  # slow to import, and most runs draw no cover

    top, bottom = (pick(range(360), 0, track, "cover", edge) for edge in ("top", "bottom"))
    gradient = Image.linear_gradient("L").resize((COVER, COVER))
    image = ImageOps.colorize(gradient, f"hsl({top}, 60%, 40%)", f"hsl({bottom}, 60%, 20%)")
    lines = textwrap.wrap(_unaccented(short_title(title)), 18, max_lines=6, placeholder="…")
    font = ImageFont.load_default(FONT_SIZE)
    widest = max((font.getlength(line) for line in lines), default=0)
    font = ImageFont.load_default(FONT_SIZE * min(1, 0.875 * COVER / max(widest, 1)))
    middle = (COVER / 2, COVER / 2)
    ImageDraw.Draw(image).multiline_text(middle, "\n".join(lines), "white", font, "mm", align="center")
    written = io.BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()


def _unaccented(text: str) -> str:
    """Letters without their marks, for a font of plain letters alone."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
