"""What is known of a code, a scenario or a rule: what the documents say, what causes it here, how it is provoked. Pure.

Everything comes from `openapi/` and `fixtures/scenarios/`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from mock_server.contract.body_validator import Rule
from mock_server.contract.documents import OPENAPI, Document, Pointer, load
from mock_server.contract.examples import CALLBACKS
from mock_server.contract.operations import EXTEND
from mock_server.contract.profile import (
    ANSWER_CODE,
    CALLBACK_CODE,
    Family,
    Profile,
    code_texts,
    profile_file,
    profile_names,
)
from mock_server.contract.scenarios import MAGIC, Scenario, Scenarios, cause
from mock_server.core.errors import BadSetting, nearest
from mock_server.core.text import cut

BREAKS: Final = {
    "personaId.custom": "--set defaultParamFlag=false",
    "required": "--without {field}",
    "custom": "--without {field}",
    "type": "--set {field}=null",
    "enum": "--set {field}=unknown",
    "minimum": "--set {field}=-1",
    "maximum": "--set {field}=2",
    "multipleOf": "--set {field}=0.655",
    "format": "--set {field}=nowhere",
    "start": "--set {field}=0",
}
"""How an extend request is made to break a rule, by the last parts of the rule's id."""
CODES: Final = (("answer", "document", ANSWER_CODE), ("callback", "callback_document", CALLBACK_CODE))
"""What has codes, which document of a profile says so, and where."""
STATE_CODES: Final = {"known": 404, "once": 409}
"""Codes of rules that are not answered with 422, by the last part of the rule's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a document says: of an answer, a callback or a rule, as which profile reads it, and in which line."""

    profile: str
    about: str
    text: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known of a name."""

    name: str
    quotes: tuple[Quote, ...] = ()
    causes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def explained(name: str) -> Explanation:
    """Raises BadSetting, with the nearest name, for what is no code, scenario or rule."""
    every = Scenarios.read()
    name = name.removeprefix(MAGIC)
    rules = list(dict.fromkeys(rule.id for profile in profile_names() for rule in _rules(profile)))
    codes = sorted({str(code) for profile in profile_names() for code in _codes(profile)})
    if name in codes:
        found = [each for each in every if int(name) in (each.answer, each.fails.code if each.fails else None)]
        found += [each for each in every if not found and each.name in (name, f"callback-{name}")]
        return _of_code(int(name), found)
    names = [each.name for each in every]
    if name in names:
        scenario = every.named(name)
        code = scenario.answer or (scenario.fails.code if scenario.fails else 0)
        return replace(_of_scenario(scenario), quotes=_every_quote(code))
    if name in rules:
        return _of_rule(name)
    family = [rule for rule in rules if rule.partition(".")[0] == name.partition(".")[0]]
    close = nearest(name, family if "." in name and family else [*codes, *names, *rules], alike=0)
    raise BadSetting(
        f"{cut(name, 60)!r} is no code, scenario or rule.{close} Codes: {', '.join(codes)}. "
        "`suno-mock scenarios` lists the scenarios, and a 422 names its rules."
    )


def lines(found: Explanation) -> Iterator[str]:
    """The explanation as text."""
    yield found.name
    if found.quotes:
        yield "The documents:"
        yield from (f"  {each.profile:9}{each.about:9}{each.text}  ({each.place})" for each in found.quotes)
    yield "Here:"
    yield from (f"  {each}" for each in found.causes)
    if found.commands:
        yield "On demand:"
        yield from (f"  {each}" for each in found.commands)


def _of_code(code: int, scenarios: Iterable[Scenario]) -> Explanation:
    causes = list(_checked(code))
    commands: list[str] = []
    for each in scenarios:
        told = _of_scenario(each)
        causes += told.causes
        commands += told.commands
    served = [check["serve"] for check in _checks() if check.get("code") == code and "serve" in check]
    commands += [f"suno-mock serve {options}" for options in served]
    return Explanation(name=str(code), quotes=_every_quote(code), causes=tuple(causes), commands=tuple(commands))


def _of_scenario(scenario: Scenario) -> Explanation:
    name = scenario.name
    causes = [f"{name}: {scenario.summary}", f"{name}: {cause(scenario)}"]
    if scenario.fails:
        refund = ", and the credits come back" if scenario.fails.refund else ""
        causes.append(f"{name}: polling ends in {scenario.fails.status}{refund}")
    if scenario.answer is None:
        owed = ", ".join(_owed(scenario, step.stage) for step in scenario.steps()) or "none"
        causes.append(f"{name}: callbacks {owed}")
    commands = [
        f"suno-mock extend --prefer scenario={name}",
        f"suno-mock extend --audio-id {MAGIC}{name}",
        f"suno-mock extend --key {MAGIC}{name}",
        f"suno-mock queue {name}",
    ]
    commands += [f"suno-mock trigger {name} --to {CALLBACKS}"] if scenario.steps() else []
    return Explanation(name=name, causes=tuple(causes), commands=tuple(commands))


def _owed(scenario: Scenario, stage: str) -> str:
    failure = scenario.failure_at(stage)
    return f"code {failure.code} in place of {stage}" if failure else stage


def _of_rule(name: str) -> Explanation:
    operation, field, last = name.split(".")
    quotes: dict[Quote, None] = {}
    causes: dict[str, None] = {}
    for profile in profile_names():
        for rule in (each for each in _rules(profile) if each.id == name):
            quotes[Quote(profile=profile, about="rule", text=_line(rule.place), place=rule.place)] = None
            when = "".join(f", under the reading {question}={reading}" for question, reading in rule.when.items())
            allowed = rule.allowed.format(unit="characters") or "what fits the track, task or persona"
            causes[f"{STATE_CODES.get(last, 422)}: {rule.field}; allowed: {allowed}{when}"] = None
    breaks = BREAKS.get(f"{field}.{last}", BREAKS.get(last)) if operation == EXTEND and field != "body" else None
    commands = (f"suno-mock extend {breaks.format(field=field)}",) if breaks else ()
    return Explanation(name=name, quotes=tuple(quotes), causes=tuple(causes), commands=commands)


def _codes(profile: str) -> set[int]:
    return {*_profile(profile).codes, *_profile(profile).callback_codes}


def _rules(profile: str) -> list[Rule]:
    return [*_profile(profile).every_rule()]


@cache
def _profile(name: str) -> Profile:
    return Profile.read(name, Family.read())


def _every_quote(code: int) -> tuple[Quote, ...]:
    return tuple(quote for profile in profile_names() for quote in _quotes(profile, code))


def _quotes(profile: str, code: int) -> Iterator[Quote]:
    """What a profile's documents say of a code, of an answer and of a callback, and what captures show instead."""
    file = profile_file(profile)
    for about, name, pointer in CODES:
        document = Document.read(OPENAPI / file[name])
        if text := code_texts(document, pointer).get(code):
            yield Quote(profile=profile, about=about, text=text, place=_place(document, pointer, text))
    if captured := file.get("messages", {}).get(code):
        source = Document.read(OPENAPI / "profiles" / f"{profile}.yaml")
        place = source.place(("messages", str(code)))
        yield Quote(profile=profile, about="captured", text=captured, place=place)


def _place(document: Document, pointer: Pointer, text: str) -> str:
    """Where a code's text begins, which the document may go on with in the next line."""
    return document.place_of(" ".join(text.split()[:4]), after=pointer)


def _line(place: str) -> str:
    name, _, number = place.rpartition(":")
    return Document.read(OPENAPI / name).text[int(number) - 1].strip().removeprefix("- ")


def _checks() -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = load(OPENAPI / "checks.yaml")
    return checks


def _checked(code: int) -> Iterator[str]:
    """Which checks end in a code, and when they are made."""
    checks = _checks()
    for number, check in enumerate(checks, 1):
        if check.get("code") == code:
            links_left_out = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", check["cause"]).replace("`", "")
            told = f": {links_left_out}" if links_left_out else ""
            yield f"check {number} of {len(checks)}, {check['check']}{told}"
