"""A group whose commands are imported when they are asked for."""

import click
import pytest

from mock_server.commands.lazy_group import LazyGroup

GROUP = LazyGroup(later={"clock": "mock_server.commands.clock", "broken": "mock_server.no_such"})


def test_a_command_is_imported_when_it_is_asked_for() -> None:
    context = click.Context(GROUP)
    assert GROUP.list_commands(context) == ["broken", "clock"]
    first = GROUP.get_command(context, "clock")
    assert first is not None
    assert GROUP.get_command(context, "clock") is first
    with pytest.raises(ImportError):
        GROUP.get_command(context, "broken")


def test_one_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(click.exceptions.NoSuchCommand) as refused:
        GROUP.resolve_command(click.Context(GROUP), ["clokc"])
    assert "'clock'" in refused.value.format_message()


def test_an_option_in_its_place_is_an_option() -> None:
    with pytest.raises(click.NoSuchOption):
        GROUP.resolve_command(click.Context(GROUP), ["--clock"])


def test_completion_asks_for_names_that_do_not_exist() -> None:
    assert GROUP.resolve_command(click.Context(GROUP, resilient_parsing=True), ["clo"])[1] is None
