"""What the values of a whole profile have to be beside their form: statuses, pairs, headers, paths, tracks. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from mock_server.contract.documents import Pointer
from mock_server.contract.profile import Profile
from mock_server.contract.scenarios import MAGIC, Scenarios
from mock_server.core.quantiles import quantiles

Tree = Mapping[str, Any]
Said = tuple[Pointer, str] | tuple[Pointer, str, Pointer]
"""The key that something is wrong with, and what; then another that may have made it so."""

REQUIRED: Final[Mapping[tuple[str, ...], Sequence[str]]] = {
    ("callbacks", "signature"): ("header", "signs", "key"),
    ("rate_limit",): ("requests", "seconds"),
    ("uploads",): ("stream", "base64", "url", "days"),
}
"""What a node needs where the profile, or one that it extends, has it."""
SIGNED: Final = ("header", "timestamp_header")
OF_READING: Final = ("says", "value")
STATUSES: Final = ("refusal_status", "server_error_status")
"""The questions whose readings are HTTP statuses of answers."""
SUCCESS: Final = 200
WITHOUT_BODY: Final = (204, 205, 304)
OF_POST: Final = ("accept", "connection", "content-length", "content-type", "host", "transfer-encoding", "user-agent")
"""Headers that every callback has as a POST."""
OF_ANSWER: Final = ("connection", "content-length", "content-type", "preference-applied", "transfer-encoding")
"""Headers that the answers have that the mock writes."""
OWN: Final = ("/__admin", "/openapi.json")
"""Where the mock's own control plane is, and its own document."""


def complete(text: str, tree: Tree) -> Iterator[Said]:
    """Whether nothing is missing that a signature, a rate and a reading need."""
    for key, needed in REQUIRED.items():
        yield from _missing(key, _at(tree, key) or None, needed)
    for question, readings in tree.get("readings", {}).items():
        for name, reading in readings.items():
            yield from _missing(("readings", question, name), reading, OF_READING)


def _missing(key: tuple[str, ...], node: Tree | None, needed: Sequence[str]) -> Iterator[Said]:
    for name in needed:
        if node is not None and name not in node:
            way_out = f"{', '.join(needed)} together, here or in the profile that it extends"
            yield key, f"{'.'.join(key)}.{name} is missing. Allowed: {way_out}."


def _at(tree: Any, key: Sequence[str]) -> Any:
    """The node of a key; None where nothing is there."""
    for step in key:
        tree = (tree or {}).get(step)
    return tree


def _statuses(text: str, tree: Tree) -> Iterator[Said]:
    """Whether every status can have a body, as every answer has one."""
    own = tree.get("readings", {})
    found: list[tuple[tuple[str, ...], Any]] = [
        (("readings", question, name, "value"), reading["value"])
        for question in STATUSES
        for name, reading in own.get(question, {}).items()
    ]
    found += [(("refusals", kind), code) for kind, code in tree["refusals"].items()]
    found += [(("codes", f"{code}"), code) for code, said in tree.get("codes", {}).items() if said]
    for kind, code in tree["refusals"].items():
        if code == SUCCESS:
            said = f"refusals.{kind} is {code}, which says that a request is accepted. Allowed: any other code."
            yield ("refusals", kind), said
    for key, status in found:
        if status is not None and (status < 200 or status in WITHOUT_BODY):
            yield key, f"{'.'.join(key)} is {status}, a status without a body. Allowed: one that an answer can have."


def _pairs(text: str, tree: Tree) -> Iterator[Said]:
    """Whether the least of two numbers comes first."""
    own = tree.get("readings", {}).get("received_statuses", {})
    found: list[tuple[tuple[str, ...], Any]] = [(("persona_window",), tree["persona_window"])]
    found += [(("operations", name, "lasts"), each.get("lasts", ())) for name, each in tree["operations"].items()]
    found += [(("readings", "received_statuses", name, "value"), each["value"]) for name, each in own.items()]
    window = tree["section_window"]
    found.append((("section_window",), [window["least"], window.get("most", window["least"])]))
    for key, pair in found:
        if list(pair) != sorted(pair):
            yield key, f"{'.'.join(key)} is {list(pair)}. Allowed: the least first, {sorted(pair)}."


def _headers(text: str, tree: Tree) -> Iterator[Said]:
    """Whether no header of callbacks is there twice."""
    form = tree.get("callbacks", {})
    named = [(("callbacks", "headers", name), name) for name in form.get("headers", {})]
    signature = form.get("signature", {})
    named += [(("callbacks", "signature", key), signature[key]) for key in SIGNED if key in signature]
    taken = dict.fromkeys(OF_POST, "every callback")
    for pointer, name in named:
        where = ".".join(pointer)
        if name.lower() in taken:
            told = f"{where}: the header {name} is that of {taken[name.lower()]} already."
            yield pointer, f"{told} Allowed: each header once, and none of {', '.join(OF_POST)}."
        taken[name.lower()] = where


def _answers(text: str, tree: Tree) -> Iterator[Said]:
    """Whether what answers have beside the documented does not contradict it."""
    form = tree["answers"]
    for name in form.get("headers", {}):
        if name.lower() in OF_ANSWER:
            said = f"answers.headers.{name} is a header that the mock writes. Allowed: none of {', '.join(OF_ANSWER)}."
            yield ("answers", "headers", name), said
    seconds = [value for _, value in quantiles(form.get("latency", 0))]
    if seconds != sorted(seconds):
        said = f"answers.latency is {form['latency']}. Allowed: the least first, {sorted(seconds)}."
        yield ("answers", "latency"), said


def _paths(text: str, tree: Tree) -> Iterator[Said]:
    """Whether no endpoint is where the mock has something of its own."""
    for name, entry in tree["operations"].items():
        path = f"{tree['base_path']}{entry['path']}"
        if f"{path}/".startswith(tuple(f"{own}/" for own in OWN)):
            said = f"operations.{name}.path is {path} with base_path, which is the mock's own."
            said = f"{said} Allowed: a path that does not begin with {' or '.join(OWN)}."
            yield ("operations", name, "path"), said, ("base_path",)
    yield from _uploads(tree)
    if f"{tree['media_path']}/".startswith(tuple(f"{own}/" for own in OWN)):
        said = f"media_path is {tree['media_path']}, which is the mock's own."
        yield ("media_path",), f"{said} Allowed: a path that does not begin with {' or '.join(OWN)}."


def _uploads(tree: Tree) -> Iterator[Said]:
    """Whether each way to upload has a path of its own."""
    taken = {f"{tree['base_path']}{entry['path']}": name for name, entry in tree["operations"].items()}
    for way, path in tree["uploads"].items():
        if way == "days":
            continue
        if f"{path}/".startswith(tuple(f"{own}/" for own in (*OWN, "/uploads"))) or path in taken:
            said = f"uploads.{way} is {path}, that of {taken.get(path, 'the mock itself')}."
            yield ("uploads", way), f"{said} Allowed: a path of its own."
        taken[path] = f"uploads.{way}"


def _ids(text: str, tree: Tree) -> Iterator[Said]:
    """Whether each track has an id of its own, which asks for no scenario."""
    profile, before = Profile.read(text), set[str]()
    scenarios = Scenarios.read(profile.codes, profile.callback_codes)
    for number, track in enumerate(tree.get("tracks", ())):
        key, audio_id = f"tracks.{number}.id", track["id"]
        if audio_id in before:
            yield ("tracks", number, "id"), f"{key} is {audio_id!r}, that of a track before. Allowed: each id once."
        if scenarios.is_magic(audio_id):
            said = f"{key} is {audio_id!r}, which asks for a scenario. Allowed: an id that does not begin with {MAGIC}."
            yield ("tracks", number, "id"), said
        before.add(audio_id)


VALUES: Final[Sequence[Callable[[str, Tree], Iterator[Said]]]] = (_statuses, _pairs, _headers, _answers, _paths, _ids)
"""The checks of whole values, once nothing is missing."""
