"""What a shell is offered where a name is to be typed: scenarios, questions with their readings, profiles."""

from collections.abc import Callable, Iterable
from typing import Final

import click

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def _offered(names: Iterable[str], begun: str) -> list[str]:
    return [name for name in names if name.startswith(begun)]


def among(names: Iterable[str]) -> Complete:
    """Offers some names."""
    return lambda ctx, param, begun: _offered(names, begun)


def scenario_names(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Every scenario, as `suno-mock scenarios` lists them."""
    from mock_server.scenarios import Scenarios

    return _offered((each.name for each in Scenarios.read()), begun)


def question_names(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Every open question."""
    from mock_server.questions import Register

    return _offered(Register.read().questions, begun)


def readings(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """`QUESTION=READING`, every one that there is."""
    from mock_server.questions import VARY, Register

    questions = Register.read().questions
    pairs = [f"{each.id}={name}" for each in questions.values() for name in (*each.readings, VARY)]
    return _offered([*pairs, f"all={VARY}"], begun)


def profile_names(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Every profile."""
    from mock_server import profile

    return _offered(profile.profile_names(), begun)


SETTINGS: Final[dict[str, Complete]] = {"profile": profile_names, "readings": readings}
"""By the name of a setting."""
