"""`suno-mock profiles`: lists the profiles, and says what is wrong with one of your own."""

import click

from mock_server.commands.options import as_json
from mock_server.commands.output import say, tell


@click.group(name="profiles", invoke_without_command=True, epilog="Example:  suno-mock profiles check mine.yaml")
@as_json
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the profiles: which reading of which document each one serves."""
    if context.invoked_subcommand is not None:
        return
    from mock_server.commands import listings
    from mock_server.contract.profile import Profile
    from mock_server.contract.profile_files import profile_names

    found = [Profile.read(name) for name in profile_names()]
    values = [
        {"name": each.name, "summary": each.summary, "models": each.models, "endpoints": list(each.operations)}
        for each in found
    ]
    tell(listings.profiles(found), values, as_json)


@command.command(epilog="Example:  suno-mock profiles check mine.yaml")
@click.argument("profile")
@as_json
def check(profile: str, as_json: bool) -> int:
    """Say what is wrong with a profile: file, line, key, what is allowed. Exit status 1 where something is."""
    from mock_server.contract.profile_check import problems

    found = problems(profile)
    values = [{"file": str(each.place.path), "line": each.place.line, "problem": each.said} for each in found]
    tell((f"{each}" for each in found), values, as_json)
    if not found and not as_json:
        say(f"{profile} can be served.")
    return int(bool(found))
