"""What a command has to say: text or JSON on standard output, a word beside it on standard error."""

import json
from collections.abc import Iterable

import click


def tell(lines: Iterable[str], value: object, as_json: bool) -> None:
    """Print the lines, or in their place the value as JSON."""
    for line in [json.dumps(value, indent=2)] if as_json else lines:
        click.echo(line)


def warn(text: str) -> None:
    """Say what is not part of the output."""
    click.echo(f"suno-mock: {text}", err=True)
