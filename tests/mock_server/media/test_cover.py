"""Covers: what image libraries make of them."""

import io
import subprocess
import sys

from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from mock_server.media.cover import cover

TRACK = "b1946ac9-2c3f-4f0e-8f0e-000000000001"

tracks = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
titles = st.text(st.characters(codec=None))


@given(tracks, titles)
@example(TRACK, "")
@example(TRACK, "\0")
@example(TRACK, "\ud800")
@example(TRACK, "\u0301" * 300)
@example(TRACK, "\ufdfa" * 300)
@example(TRACK, "W" * 5_000_000)
@example(TRACK, "夜 \U0001f469\u200d\U0001f680\u202e العربية\n\t")
def test_any_title_makes_a_cover(track: str, title: str) -> None:
    image = Image.open(io.BytesIO(cover(track, title)))
    image.load()
    assert (image.format, image.size, image.mode) == ("JPEG", (512, 512), "RGB")


@given(tracks, titles)
def test_the_same_track_has_the_same_cover(track: str, title: str) -> None:
    assert cover(track, title) == cover(track, title)


def test_every_track_has_its_own_cover() -> None:
    assert len({cover(str(number), "Road") for number in range(30)}) == 30


def test_the_title_is_on_the_cover() -> None:
    assert cover(TRACK, "Road") != cover(TRACK, "River") != cover(TRACK, "")
    assert cover(TRACK, "Étude № 1") == cover(TRACK, "Etude No 1")


def test_pillow_waits_for_the_first_cover() -> None:
    code = "import sys, mock_server.media.cover; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
