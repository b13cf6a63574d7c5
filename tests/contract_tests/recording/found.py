"""Which mutants 30 ordinary requests show, by the verdicts on what passed the proxy alone:

python -m tests.contract_tests.recording.found 40 --seed 1
"""

import argparse
from collections.abc import Iterator
from fnmatch import fnmatchcase
from random import Random

from contract_tests.mutants.catalogue import mutants
from contract_tests.mutants.proxy import Mutant
from contract_tests.mutants.proxy import Proxy as Mutated
from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.traffic import Traffic
from contract_tests.recording.verdicts import results
from contract_tests.target.mock import KEY, mock
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.recording.ordinary import ordinary
from tests.courses import PUBLISHED, SOURCES, TRACKS


def told(url: str) -> list[str]:
    """The rules that the server at a URL breaks, as its traffic shows."""
    with Receiver() as receiver, standing(url, patience=5) as stood:
        ordinary(stood.proxy.url, receiver, KEY, SOURCES)
    found = results(Traffic(PUBLISHED, url, TRACKS, stood.messages))
    return list(dict.fromkeys(each.rule for each in found if each.broken))


def lines(drawn: list[Mutant]) -> Iterator[str]:
    named = broken = 0
    with mock("apikley") as target:
        yield f"without a fault: {', '.join(told(target)) or 'nothing'}"
        for mutant in drawn:
            with Mutated(target, mutant) as proxy:
                rules = told(proxy.url)
            names = [rule for rule in rules if not mutant.by or fnmatchcase(rule, mutant.by)]
            named, broken = named + bool(names), broken + bool(rules)
            yield f"{mutant.group:12} {mutant.name:60} {', '.join(names[:1] or rules) or 'nothing'}"
    yield f"{len(drawn)} mutants, {named} named, of {broken} something is told"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    of_extend = [each for each in mutants(PUBLISHED) if not each.operation]
    for line in lines(Random(given.seed).sample(of_extend, given.number)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
