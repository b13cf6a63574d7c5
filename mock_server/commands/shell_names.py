"""What a shell is offered where a name is to be typed: scenarios, questions with their readings, profiles, any name."""

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

CUTS: Final = ("=", ":")
"""Where bash ends a word."""
Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def _offered(names: Iterable[str], begun: str) -> list[str]:
    return [name for name in names if name.startswith(begun)]


def among(names: Iterable[str]) -> Complete:
    """Offers some names."""
    return lambda ctx, param, begun: _offered(names, begun)


def scenario_names(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Every scenario, as `suno-mock scenarios` lists them."""
    from mock_server.contract.scenarios import Scenarios

    return _offered((each.name for each in Scenarios.read()), begun)


def question_names(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Every open question."""
    from mock_server.contract.questions import Register

    return _offered(Register.read().questions, begun)


def readings(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """`QUESTION=READING`, every one that there is."""
    from mock_server.contract.questions import VARY, Register

    questions = Register.read().questions
    pairs = [f"{each.id}={name}" for each in questions.values() for name in (*each.readings, VARY)]
    return _offered([*pairs, f"all={VARY}"], begun)


def profile_names(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Every profile."""
    from mock_server.contract import profile_files

    return _offered(profile_files.profile_names(), begun)


def explained_names(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Everything that `suno-mock explain` knows."""
    from mock_server.contract.explain.names import every_name

    return _offered(every_name(), begun)


class Bash(BashComplete):
    """bash takes `=` and `:` for ends of words. What it cut there is put together again, and of what completes a word
    it gets the rest alone."""

    _cut = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        words = os.environ["COMP_WORDS"].split("\n")
        if len(words) == 1:
            return super().get_completion_args()
        whole = _mended(words[: int(os.environ["COMP_CWORD"]) + 1])
        self._cut = whole[-1][: max(whole[-1].rfind("="), whole[-1].rfind(":")) + 1]
        return whole[1:-1], whole[-1]

    def format_completion(self, item: "CompletionItem[Any]") -> str:
        return f"{item.type},{item.value.removeprefix(self._cut)}"


def _mended(words: Sequence[str]) -> list[str]:
    """The words as they were typed."""
    whole: list[str] = []
    for before, word in pairwise(("", *words)):
        if whole and (word in CUTS or (before in CUTS and word)):
            whole[-1] += word
        else:
            whole.append(word)
    return whole


add_completion_class(Bash)
SETTINGS: Final[dict[str, Complete]] = {"profile": profile_names, "readings": readings}
"""By the name of a setting."""
