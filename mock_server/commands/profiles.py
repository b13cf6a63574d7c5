"""`suno-mock profiles`: lists the profiles, and says what is wrong with one of your own."""

import click

from mock_server.commands.options import as_json
from mock_server.commands.output import say, tell
from mock_server.commands.shell_names import profile_names


@click.group(name="profiles", invoke_without_command=True, epilog="Example:  suno-mock profiles check mine.yaml")
@as_json
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the profiles: which reading of which document each one serves."""
    if context.invoked_subcommand is not None:
        return
    from mock_server.commands import listings
    from mock_server.contract import profile_files
    from mock_server.contract.profile import Profile

    found = [Profile.read(name) for name in profile_files.profile_names()]
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


@command.command(epilog="Example:  suno-mock profiles show observed --resolved")
@click.argument("profile", shell_complete=profile_names)
@click.option("--resolved", is_flag=True, help="Also what it takes over, and what its documents say.")
def show(profile: str, resolved: bool) -> None:
    """Print what a profile says, each line with its file and line."""
    from mock_server.contract.own_profile import check_own
    from mock_server.contract.profile_show import all_lines, own_lines

    if resolved:
        check_own(profile)
    for line in (all_lines if resolved else own_lines)(profile):
        say(line)


@command.command(epilog="Example:  suno-mock profiles diff apikley classic")
@click.argument("one", shell_complete=profile_names)
@click.argument("other", shell_complete=profile_names)
def diff(one: str, other: str) -> None:
    """Print what a client has to change that moves from one profile to another."""
    from mock_server.contract.profile_diff import differences

    found = list(differences(one, other))
    for line in found or [f"{one} and {other} are the same to a client."]:
        say(line)
