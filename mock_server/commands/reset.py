"""`suno-mock reset`: makes a running mock forget what happened."""

import click

from mock_server.commands.client.admin_client import Remote
from mock_server.commands.client.api_client import given_key
from mock_server.commands.options import as_json, mock_options
from mock_server.commands.output import say
from mock_server.core.text import in_json
from mock_server.domain.masking import masked


@click.command(epilog="Example:  suno-mock reset --key test-key")
@click.option("--key", metavar="KEY", help="Forget only what this key did.")
@as_json
@mock_options
def command(url: str, admin_token: str, key: str | None, as_json: bool) -> None:
    """Forget everything and go back to how the mock was started, or forget what one key did.

    What is owed is not sent.
    """
    key = given_key(key)
    with Remote(url, admin_token) as remote:
        remote.post("reset", {"all": True} if key is None else {"key": key})
    said = "everything is forgotten" if key is None else f"what {masked(key)} did is forgotten"
    say(in_json({"reset": masked(key) or "all"}) if as_json else said)
