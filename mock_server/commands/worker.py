"""`suno-mock worker`: delivers the callbacks of mocks that share a state, and serves nothing."""

import asyncio
import signal
import sys
from typing import Any, Final

import click

from mock_server.commands.options import environment, settings_options, taken
from mock_server.core.errors import BadSetting

ALONE: Final = (
    "a worker delivers what others accept: give the --state of an engine, such as redis://HOST, or that of a file with "
    "the --workers of the mock that serves it."
)


@click.command(name="worker", epilog="Example:  suno-mock worker --state redis://127.0.0.1:6379")
@click.option("--quiet", is_flag=True, envvar=environment("quiet"), show_envvar=True, help="Print no attempts.")
@settings_options()
def command(quiet: bool, **options: Any) -> None:
    """Deliver the callbacks of mocks that share a state, until interrupted; print each attempt."""
    settings = taken(options)
    if not settings.shared:
        raise BadSetting(ALONE)
    from mock_server.app import Mock, create_app
    from mock_server.commands.output import Printer
    from mock_server.commands.serve import Console
    from mock_server.domain.masking import masked_place

    printer = Printer(sys.stdout)
    console = Console(printer)
    app = create_app(settings, listener=None if quiet else console)

    async def work(app: Mock) -> str:
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        printer(f"delivers for {masked_place(settings.state)}")
        async with app.router.lifespan_context(app):
            unprepared = await app.prepare()
            if not unprepared:
                await told.wait()
            await app.release()
        return unprepared

    unprepared = asyncio.run(work(app))
    console.close()
    if unprepared:
        raise click.ClickException(unprepared)
