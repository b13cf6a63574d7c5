"""The stems of a track: where each can be loaded, as callbacks (snake case) and records (camel case) have it. Pure.

Members: D, kie and sunoapi.org. A file is the track itself: the mock separates nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

from mock_server.domain.made.wanted import Wanted

SEPARATED: Final = ("instrumental", "vocal")
SPLIT: Final = (
    *("vocal", "backing_vocals", "drums", "bass", "guitar", "keyboard"),
    *("percussion", "strings", "synth", "fx", "brass", "woodwinds"),
)


def stems(wanted: Wanted) -> Mapping[str, Any]:
    """`told` for callbacks, of the stems that were asked for; `recorded` for polling, of all, null but for those."""
    split = wanted.fields.get("type") == "split_stem"
    urls = {name: f"{wanted.track_url}.{_titled(name)}.mp3" for name in (SPLIT if split else SEPARATED)}
    every = dict.fromkeys((*SEPARATED, *SPLIT))
    return {
        "told": {"origin_url": "", **{f"{name}_url": url for name, url in urls.items()}},
        "recorded": {"originUrl": None, **{f"{_camel(name)}Url": urls.get(name) for name in every}},
    }


def _titled(name: str) -> str:
    """As in the name of a file: `Backing_Vocals`, and `Vocals` for one."""
    return "Vocals" if name == "vocal" else name.title()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.title() for each in rest)
