"""JSON that was spread over lines, as a tree that can be folded. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mock_server.pages.bodies import CLOSING, DEEPEST, GONE, OPENING, Line

OPENS, CLOSES, LEAF = "opens", "closes", "leaf"
UNFOLDED: Final = 3
"""Levels that are unfolded at first."""


@dataclass(slots=True, kw_only=True)
class Twig:
    """What begins a branch of so many `members`, ends it, or is one value. `text` is as it came; of what begins a
    branch it has the name alone, and `bracket` is `{` or `[`."""

    kind: str
    text: str = ""
    bracket: str = ""
    members: int = 0
    unfolded: bool = False
    change: str = ""


def tree_of(lines: Sequence[Line]) -> list[Twig]:
    """The lines of a body as a tree, without those of the body that it is compared with; every branch that begins ends.
    Nothing, where they are no object and no array with something in it."""
    own = [line for line in lines if line.change != GONE]
    if len(own) < 2 or own[0].text not in OPENING:
        return []
    twigs, branches, deeper = list[Twig](), list[Twig](), 0
    for line in own:
        text = line.text.strip()
        begins, ends = text.endswith(OPENING), text.startswith(CLOSING)
        if ends and not deeper:
            branches.pop()
            twigs.append(Twig(kind=CLOSES))
            continue
        twig = Twig(kind=LEAF, text=text.removesuffix(","), change=line.change)
        if branches and not deeper:
            branches[-1].members += 1
        if begins and len(branches) < DEEPEST:
            twig.kind, twig.text, twig.bracket = OPENS, text[:-1].strip().removesuffix(":"), text[-1]
            twig.unfolded = len(branches) < UNFOLDED
            branches.append(twig)
        else:
            deeper += begins - ends
        twigs.append(twig)
    return [*twigs, *(Twig(kind=CLOSES) for _ in branches)]
