"""`suno-mock extend`: sends one documented request to the mock or a live server, and waits for its tracks."""

import json
import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

import click

from mock_server.commands.client import extend_fields
from mock_server.commands.client.admin_client import Remote
from mock_server.commands.client.api_client import (
    ACCEPTED,
    Asking,
    Envelope,
    Patience,
    given_key,
    sendable,
    wait,
)
from mock_server.commands.client.caller import is_near
from mock_server.commands.client.told_record import strange, told
from mock_server.commands.durations import written
from mock_server.commands.options import DURATION, as_json, mock_options, set_option, settings_options
from mock_server.commands.output import say, tell, warn
from mock_server.commands.ticking import ticking
from mock_server.contract.examples import CALLBACKS, documented_request
from mock_server.contract.family import Family
from mock_server.contract.operations import EXTEND
from mock_server.contract.own_profile import check_own, served
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import cut, in_json
from mock_server.domain.accounts import first_key
from mock_server.domain.curl import curl
from mock_server.domain.masking import masked, masked_url

NEAR, FAR = 0.4, 5.0
"""Seconds between two polls, of a mock, whose limit is three in a second, and of a live server."""
OWN_KEY: Final = "$SUNO_API_KEY"


def _field_options(command: Any) -> Any:
    """An option for each documented field."""
    for name, schema in reversed(list(extend_fields.documented().items())):
        kind = str(schema["type"]).upper()
        command = click.option(
            extend_fields.option(name), name, metavar=kind, help=extend_fields.described(name, schema)
        )(command)
    return command


@click.command(epilog="Example:  suno-mock extend --title Night --continue-at 42.5")
@_field_options
@set_option("Send this in a field, documented or not")
@click.option("--without", multiple=True, metavar="FIELD", help="Leave a field out.")
@click.option("--prefer", metavar="PREFERENCE", help="Ask the mock for an outcome, such as code=402.")
@click.option("--key", envvar="SUNO_API_KEY", show_envvar=True, help="Your API key; the mock has one of its own.")
@click.option("--no-wait", is_flag=True, help="Print the task's id and end.")
@click.option("--timeout", default="10m", show_default=True, type=DURATION, help="How long to wait for the tracks.")
@click.option("--curl", "as_curl", is_flag=True, help="Print the request as a curl, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before money is spent.")
@as_json
@settings_options("profile")
@mock_options
def command(url: str, **asked: Any) -> int:
    """Extend a track, wait for what becomes of it, and print the tracks.

    What is not said is as in the document's example; `suno-mock explain prompt` has the limits of each model.
    Exit status 1: refused, failed, or not finished in time.
    """
    sendable("--prefer", asked["prefer"] or "")
    sendable("the admin token", asked["admin_token"])
    given = given_key(asked["key"])
    body = json.dumps(_request(asked, url)).encode()
    headers = {"Content-Type": "application/json"} | ({"Prefer": asked["prefer"]} if asked["prefer"] else {})
    if asked["as_curl"]:
        key = given or (first_key() if is_near(url) else "")
        address = masked_url(url.rstrip("/")) + served(asked["profile"])[EXTEND].path
        click.echo(curl("POST", address, key or OWN_KEY, headers, body, OWN_KEY))
        return 0
    key = _key(url, given)
    agree(url, key, asked["yes"])
    with Asking(url, key, profile=asked["profile"]) as asking:
        return extended(asking, body, headers, asked)


def extended(asking: Asking, body: bytes, headers: Mapping[str, str], asked: Mapping[str, Any]) -> int:
    """Send the request, and tell what becomes of it; the exit status."""
    answer = asking.extend(body, headers)
    task_id = _task_id(answer)
    if not task_id:
        return _refused(answer, asked["as_json"])
    if asked["no_wait"]:
        say(in_json({"taskId": task_id}) if asked["as_json"] else task_id)
        return 0
    return _waited(asking, task_id, asked)


def _request(asked: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The documented example with what the user says otherwise; the mock calls back where `receive` listens."""
    profile = asked["profile"]
    check_own(profile)
    near = {"callBackUrl": CALLBACKS} if is_near(url) else {}
    documented = extend_fields.documented()
    said = {
        name: extend_fields.typed(name, asked[name], documented[name]) for name in documented if asked[name] is not None
    }
    sent = extend_fields.pairs(asked["pairs"], extend_fields.documented(profile), further=True)
    request = documented_request(profile) | near | said | sent
    for name in asked["without"]:
        if name not in request:
            raise unknown("field of the request", name, request)
        del request[name]
    return request


def _key(url: str, given: str | None) -> str:
    if not given and not is_near(url):
        raise BadSetting(f"{masked_url(url)} asks for a key of yours: set SUNO_API_KEY, or give --key.")
    return given or first_key()


def agree(url: str, key: str, yes: bool) -> None:
    """Ask before money is spent. Raises BadSetting for a no."""
    if yes or is_near(url):
        return
    question = f"A task at {masked_url(url)} costs credits of the key {masked(key)}. Start one?"
    try:
        agreed = click.confirm(question, err=True)
    except (click.Abort, RuntimeError) as error:  # the latter without a standard input
        if isinstance(error.__context__, KeyboardInterrupt):
            raise
        agreed = False
    if not agreed:
        raise BadSetting("nothing was sent. --yes agrees beforehand.")


def _task_id(answer: Envelope) -> str:
    """That of an answer which has one."""
    found = answer.data.get("taskId") if answer.accepted else None
    return cut(found) if isinstance(found, str) else ""


def _refused(answer: Envelope, as_json: bool) -> int:
    refused = {"code": answer.code, "msg": answer.msg, "status": answer.status}
    http = "" if answer.status == 200 or not answer.code else f"HTTP {answer.status}, "
    if as_json:
        say(in_json(refused))
    else:
        tell([f"{http}{f'{answer.code} ' if answer.code else ''}{answer.msg}"], refused, as_json)
    if answer.code == ACCEPTED:
        warn("the answer has no taskId, so nobody can ask what becomes of the request; a task may have been started.")
    return 1


def _waited(asking: Asking, task_id: str, asked: Mapping[str, Any]) -> int:
    family = Family.read(asked["profile"])
    last = list(family.stages.values())[-1]
    course = [family.pending, *(stage.status for stage in family.stages.values())]
    near = is_near(asking.url)
    patience = Patience(timeout=asked["timeout"], every=NEAR if near else FAR, clock=time.monotonic, pause=time.sleep)
    _say(f"task {task_id}", asked)
    if near:
        _hint(asking.url, asked)
    try:
        record = _record(asking, task_id, course, patience, asked)
    except TimeoutError as error:
        warn(f"not finished after {written(asked['timeout'])}: {error}, task {task_id}")
        return 1
    except LookupError as error:
        warn(f"task {task_id}: {error}.")
        return 1
    for line in [in_json(record)] if asked["as_json"] else told(record):
        say(line)
    if wrong := strange(record):
        warn(f"the record of task {task_id} is not as documented: {wrong}.")
    return 0 if record.get("status") == last.status and not wrong else 1


def _record(
    asking: Asking, task_id: str, course: Sequence[str], patience: Patience, asked: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What became of a task, whose status takes a `course`; each new status is told, and on a terminal the time."""
    following = dict(pairwise(course))

    def tell(passed: float, status: str) -> None:
        line.waits_for = following.get(status, course[-1])
        line.above(partial(_say, f"{passed:7.1f} s  {status}", asked))

    with ticking(course[1]) as line:
        pending = frozenset(course[:-1])
        return wait(asking, task_id, pending, patience, tell, lambda text: line.above(partial(warn, text)))


def _hint(url: str, asked: Mapping[str, Any]) -> None:
    """Say so when a mock's clock stands still, if there is a mock and it tells."""
    try:
        with Remote(url, asked["admin_token"]) as remote:
            frozen = remote.get("clock")["frozen"]
    except BadSetting:
        return
    if frozen:
        warn(f"the mock's clock stands still. Move it: {remote.command('clock advance 3m')}")


def _say(text: str, asked: Mapping[str, Any]) -> None:
    say(text, err=asked["as_json"])
