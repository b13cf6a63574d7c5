"""`suno-mock explain`: what a name of the documents or of the mock means, where it stands, and how it is provoked."""

from dataclasses import asdict

import click

from mock_server.commands.options import as_json
from mock_server.commands.output import tell
from mock_server.commands.shell_names import explained_names
from mock_server.contract.explain.explanation import lines
from mock_server.contract.explain.names import explained


@click.command(epilog="Example:  suno-mock explain 402")
@click.argument("name", shell_complete=explained_names)
@as_json
@click.option("--profile", default="", metavar="FILE", help="A profile of your own, a file or folder, beside ours.")
def command(name: str, as_json: bool, profile: str) -> None:
    """Tell what the documents say of a NAME, what causes it here, and how to provoke it, with commands to paste.

    Everything comes with its file and line. NAME is a code such as 402, a scenario such as silent, a rule such as
    extend.continueAt.start, a field such as prompt, a model, a stage such as first, a status of polling such as
    FIRST_SUCCESS, a question, a reading such as first_items=both, an operation such as extend, a profile, also a file
    of your own, or a line of openapi/family.yaml such as poll_limit.
    """
    found = explained(name, profile)
    tell(lines(found), asdict(found), as_json)
