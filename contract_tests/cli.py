"""The command `suno-contract`."""

import signal
import sys
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, NoReturn

import click

from contract_tests.documents.counted import counted
from contract_tests.documents.sources import Source
from contract_tests.learn.command import calibrate_command
from contract_tests.learn.drift_command import drift_command
from contract_tests.probes.order import STEPS, decided
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe
from contract_tests.proxy.command import proxy_command
from contract_tests.recording.command import convert_command, judge_command
from contract_tests.reports.rows import printable
from contract_tests.run.choose import planned
from contract_tests.run.command import report_command, run_command
from contract_tests.run.inputs import CannotRun, documents
from contract_tests.run.options import target_options
from contract_tests.your_receiver.command import receiver_command


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command, by default with the process's arguments.

    Exit status 0: the target conforms, deviations or not, 1: it does not, 2: the run could not be made,
    130: interrupted, 143: terminated.
    """
    signal.signal(signal.SIGTERM, _end)
    # One that a script has started in the background would be spared.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(cli.main(arguments, prog_name="suno-contract", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        print(f"suno-contract: {printable(error.format_message())}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"suno-contract: {printable(str(error))}", file=sys.stderr)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def _end(number: int, frame: object) -> NoReturn:
    """Ends by an exception, so that a mock that was started is stopped."""
    sys.exit(128 + number)


@click.group()
@click.version_option(package_name="suno-mock", prog_name="suno-contract")
def cli() -> None:
    """Check a server of the Suno API's music-extension endpoint against the published documents."""


@cli.command(name="plan", epilog="Example:  suno-contract plan --only 'extend.styleWeight.*'")
@target_options
def plan_command(**options: Any) -> None:
    """List every probe with its rule, what it sends and the most that it can cost. Nothing is sent."""
    plan = planned(documents(options["profile"]), options)
    probes, of_operations = [*plan.probes()], [*plan.of_operation_probes()]
    for probe in (*probes, *of_operations):
        place = plan.published.registry.cited(probe.rule, probe.model).place
        click.echo(f"{probe.cost} {probe.rule:34} {probe.says}  {place}")
    cost = sum(probe.cost for probe in probes)
    click.echo(f"rules decided with {_worth(probes, plan, cost)}")
    most = cost + sum(probe.cost for probe in of_operations)
    click.echo(f"{counted(most, 'task')} at most")


def _worth(probes: Sequence[Probe], plan: Plan, cost: int) -> str:
    """How many of the rules that can be decided are, by the number of tasks."""
    rules = plan.published.registry.of_servers
    steps = (*(tasks for tasks in STEPS if tasks < cost), cost)
    counts = [f"{counted(tasks, 'task')}: {len(decided(probes, rules, tasks))}" for tasks in steps]
    return f"{', '.join(counts)}; {counted(len(rules), 'rule')} in all"


@cli.command(name="rules", epilog="Example:  suno-contract rules --only 'callback.*'")
@click.option(
    "--profile",
    default="apikley",
    show_default=True,
    help="Which reading of the documents: one of ours, a file or a folder.",
)
@click.option("--only", default="*", show_default=True, metavar="GLOB", help="Only rules of these ids.")
def rules_command(profile: str, only: str) -> None:
    """List every rule of a server: where it stands, what it demands, and the line that says so."""
    registry = documents(profile).registry
    rules = sorted(registry.of_servers | registry.of_operations)
    found = {rule: registry.basis(rule) for rule in rules if fnmatchcase(rule, only)}
    if not found:
        raise CannotRun(f"--only {only!r} matches no rule. `suno-contract rules` lists all.")
    for rule, basis in found.items():
        click.echo(f"{basis.source:8} {rule:34} {basis.demand}  {basis.citation}".rstrip())
    counts = Counter(basis.source for basis in found.values())
    click.echo(", ".join(f"{counts[source]} {source}" for source in Source) + f"; {counted(len(found), 'rule')}")


cli.add_command(run_command)
cli.add_command(report_command)
cli.add_command(receiver_command)
cli.add_command(calibrate_command)
cli.add_command(proxy_command)
cli.add_command(drift_command)
cli.add_command(judge_command)
cli.add_command(convert_command)
