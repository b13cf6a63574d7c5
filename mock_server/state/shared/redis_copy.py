"""All of a mock in Redis or Valkey, taken out at one moment while workers go on, and put in where there is none."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from redis.client import Pipeline

from mock_server.core.errors import BadSetting
from mock_server.state.ledger import Table
from mock_server.state.packed import packed
from mock_server.state.shared.redis_connection import connected, named
from mock_server.state.shared.redis_engine import ABOUT, VERSION, records
from mock_server.state.shared.redis_scripts import KEEP, SINGLE, TABLES, keys
from mock_server.state.state_file import NEWEST, Step

AT_ONCE: Final = 1_000
"""Records that are sent in one command."""
WORKERS: Final = SINGLE.index("workers")
PLACES: Final = SINGLE.index("places")


class Taken(NamedTuple):
    """What an engine keeps of one mock, and how many workers live; `about` is what the mock was made with."""

    name: str
    about: Mapping[str, str]
    steps: Mapping[Table, Step]
    workers: int


def taken_out(url: str, prefix: str) -> Taken:
    """What is kept there. Raises BadSetting where there is no engine, no mock of the prefix, or one of another version;
    ValueError for records that nobody wrote so."""
    name, names = named(url), keys(prefix)
    with connected(url) as engine, engine.pipeline(transaction=True) as asked:
        for key in (names[ABOUT], names[WORKERS], *names[len(SINGLE) :]):
            asked.hgetall(key)
        asked.time()
        made, alive, *tables, (seconds, microseconds) = asked.execute()
    about = {each.decode(): value.decode() for each, value in made.items()}
    if not about:
        raise BadSetting(
            f"{name} keeps no mock with the prefix {prefix!r}. Give the --state and the --state-prefix that a mock "
            "was started with."
        )
    version = about.pop(VERSION, f"{NEWEST}")
    if version != f"{NEWEST}":
        raise BadSetting(
            f"the mock in {name} has records of version {version}, and this suno-mock knows version {NEWEST}. Use "
            "the suno-mock that made it."
        )
    now = seconds * 1000 + microseconds / 1000
    steps = {Table(table): records(rows) for table, rows in zip(TABLES, tables, strict=True)}
    return Taken(name, about, steps, sum(int(until) >= now for until in alive.values()))


def put_in(
    url: str, prefix: str, about: Mapping[str, str], tables: Mapping[Table, Sequence[tuple[str, Any]]], lasts: float = 0
) -> None:
    """Have an engine keep a mock made with `about` with these records, all of them or none, for `lasts` seconds unless
    a mock uses it; 0 keeps it for ever. Raises BadSetting where there is no engine, or something with the prefix."""
    names = keys(prefix)

    def fill(asked: "Pipeline") -> None:
        if asked.exists(*names):
            raise BadSetting(
                f"{named(url)} keeps a mock with the prefix {prefix!r}, which stays as it is. Choose another "
                f"--state-prefix, or delete the keys that begin with {{{prefix}}}: once no mock uses them."
            )
        asked.multi()
        made: list[str] = [*chain.from_iterable({**about, VERSION: f"{NEWEST}"}.items())]
        asked.hset(names[ABOUT], items=made)
        places = 0
        for table, rows in tables.items():
            key = names[len(SINGLE) + TABLES.index(table.value)]
            for first in range(0, len(rows), AT_ONCE):
                some: list[str | bytes] = []
                for id, value in rows[first : first + AT_ONCE]:
                    places += 1
                    some += [id, f"{places} ".encode() + packed(value)]
                asked.hset(key, items=some)
        asked.set(names[PLACES], places)
        asked.eval(KEEP, len(names), *names, int(lasts * 1000))

    with connected(url) as engine:
        engine.transaction(fill, *names)  # again where somebody else was first
