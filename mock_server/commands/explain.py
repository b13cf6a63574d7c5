"""`suno-mock explain`: what a code, a scenario or a rule means, what causes it, and how to provoke it."""

from dataclasses import asdict

import click

from mock_server.commands.options import as_json
from mock_server.commands.shell_names import scenario_names
from mock_server.commands.telling import tell
from mock_server.contract.explain.names import explained, lines


@click.command(epilog="Example:  suno-mock explain 402")
@click.argument("name", metavar="CODE", shell_complete=scenario_names)
@as_json
def command(name: str, as_json: bool) -> None:
    """Tell what the documents say of a CODE, what causes it here, and how to provoke it, with commands to paste.

    CODE may also be a scenario such as silent, or a rule such as extend.continueAt.start.
    """
    found = explained(name)
    tell(lines(found), asdict(found), as_json)
