"""Covers: what image libraries make of them."""

import io
import subprocess
import sys

from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from mock_server.media.cover import CELLS, cells, cover

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


def small(track: str) -> Image.Image:
    """A cover as the desk shows it, without colours."""
    return Image.open(io.BytesIO(cover(track, "Road"))).convert("L").resize((96, 96))


def test_the_covers_of_two_tracks_differ_at_a_glance_and_without_colours() -> None:
    for number in range(40):
        differing = ImageChops.difference(small(f"{number} one"), small(f"{number} other"))
        light = differing.point(lambda level: 255 if level > 15 else 0)
        assert ImageStat.Stat(light).mean[0] / 255 > 0.1, number


@given(tracks)
def test_a_pattern_is_the_same_from_both_sides(track: str) -> None:
    found = [*cells(track)]
    assert len(found) == len(set(found))
    assert {(CELLS - 1 - column, row) for column, row in found} == set(found)
    assert all(0 <= column < CELLS and 0 <= row < CELLS for column, row in found)


def test_the_title_is_on_the_cover() -> None:
    assert cover(TRACK, "Road") != cover(TRACK, "River") != cover(TRACK, "")
    assert cover(TRACK, "Étude № 1") == cover(TRACK, "Etude No 1")


def test_pillow_waits_for_the_first_cover() -> None:
    code = "import sys, mock_server.media.cover; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
