"""The same three hundred requests to all profiles: a table of codes, and what of the data makes it differ."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from mock_server.contract.profile_diff import compared
from mock_server.contract.profile_files import profile_names
from tests.builders import edition
from tests.same_requests import Asked, Told, answers, requests

BASE = "apikley"
TABLE = {
    "apikley": {200: 95, 402: 14, 404: 8, 422: 183},
    "classic": {200: 68, 402: 10, 404: 2, 422: 220},
    "kie": {200: 95, 402: 14, 404: 7, 422: 184},
    "observed": {200: 95, 402: 14, 404: 8, 422: 183},
    "sunoapi": {200: 96, 400: 184, 404: 6, 429: 14},
}
"""How many requests each profile answers with which code."""
NIGHTLY = ("classic", "observed")
PROFILES = [pytest.param(name, marks=pytest.mark.nightly if name in NIGHTLY else ()) for name in profile_names()]
DOCUMENTS, PATHS, MODELS, LENGTHS, RULES, REFUSALS, OPEN = (
    "Documents",
    "Paths that you call",
    "Models that you name",
    "Longest texts that you send",
    "Rules that your requests meet",
    "Codes by which refusals are told apart",
    "What the documents leave open",
)

answered = cache(answers)
"""Several tests ask about all profiles."""


@cache
def rows(profile: str) -> dict[str, set[str]]:
    """What differs from the first profile, by subject, as `profiles diff` tells it."""
    return {heading: {about for about, _ in found} for heading, found in compared([edition(BASE), edition(profile)])}


def explaining(profile: str, asked: Asked, one: Told, other: Told) -> Iterator[str]:
    """The rows of the difference between two profiles that make them answer otherwise."""
    found = rows(profile)
    for rule in one.rules ^ other.rules:
        operation, field, last = rule.split(".")
        yield from {rule} & found.get(RULES, set())
        if last == "length":
            yield from (each for each in found.get(LENGTHS, ()) if each.startswith(f"{field} of {operation} "))
        if rule.endswith(("model.enum", "length", "model.source")):
            yield from {str(asked.body.get("model"))} & found.get(MODELS, set())
    if one.rules == other.rules or one.code != other.code:
        yield from found.get(REFUSALS, set())
    if any(rule.endswith("model.source") for rule in one.rules | other.rules):
        yield from found.get(DOCUMENTS, set())
    if any(rule.endswith("personaId.known") for rule in one.rules | other.rules):
        yield from {"persona"} & found.get(PATHS, set())
    if any(rule.endswith("audioId.known") for rule in one.rules | other.rules):
        yield from {"unknown_audio"} & found.get(OPEN, set())


@pytest.mark.parametrize("profile", PROFILES)
def test_the_table_of_codes_is_what_it_was(profile: str) -> None:
    assert Counter(told.code for told in answered(profile)) == TABLE[profile]


@pytest.mark.parametrize("profile", PROFILES)
def test_each_difference_is_one_of_the_data(profile: str) -> None:
    asked = zip(requests(), answered(BASE), answered(profile), strict=True)
    differing = [each for each in asked if each[1] != each[2]]
    assert [each for each in differing if not any(explaining(profile, *each))] == []
    assert bool(differing) == (profile != BASE)
