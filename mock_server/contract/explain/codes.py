"""What is known of a code, and of a scenario: what the documents say, what causes it, how it is provoked. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, Document, Pointer
from mock_server.contract.examples import CALLBACKS
from mock_server.contract.explain import python_source
from mock_server.contract.explain.explanation import Explanation, Fact, Quote
from mock_server.contract.explain.places import family, in_profile, in_scenario, of_document, place, profiles, sources
from mock_server.contract.explain.rules import code_of, named
from mock_server.contract.profile import ANSWER_CODE, CALLBACK_CODE, code_texts
from mock_server.contract.profile_files import profile_file
from mock_server.contract.scenarios import MAGIC, Scenario, Scenarios, cause

CODES: Final = (("answer", "document", ANSWER_CODE), ("callback", "callback_document", CALLBACK_CODE))
"""What has codes, which document of a profile says so, and where."""
CHECKS: Final = OPENAPI / "checks.yaml"
KINDS: Final = ("natural", "unreachable", "outside", "shape")
"""The lines of a scenario's file that say what causes it; one of them is there."""


def code_names() -> list[str]:
    return sorted({str(code) for each in profiles() for code in (*each.codes, *each.callback_codes)})


def scenario_names() -> list[str]:
    """Those that are not named as a code is, whose scenario is explained with it."""
    codes = code_names()
    return [each.name for each in Scenarios.read() if each.name not in codes]


def check_names() -> list[str]:
    return [check["name"] for check in _checks()]


def of_check(name: str) -> Explanation:
    """One of the checks that a request goes through."""
    made = python_source.facts("made by", python_source.called(name))
    return Explanation(name=name, causes=(*_told(lambda check: check["name"] == name), *made))


def of_code(name: str) -> Explanation:
    every = Scenarios.read()
    code = int(name)
    found = [each for each in every if code in _codes(each)]
    found += [each for each in every if not found and each.name in (name, f"callback-{name}")]
    told = [_provoked(each) for each in found]
    served = [check["serve"] for check in _checks() if check.get("code") == code and "serve" in check]
    return Explanation(
        name=name,
        quotes=_quotes(code),
        causes=(
            *_told(lambda check: check.get("code") == code),
            *(fact for each in told for fact in each.causes),
            *(() if found else _asked_for(code)),
        ),
        sections=named(lambda rule: code_of(rule) == code),
        commands=(
            *(command for each in told for command in each.commands),
            *(f"suno-mock serve {options}" for options in served),
        ),
    )


def _asked_for(code: int) -> Iterator[Fact]:
    """The profiles that alone have a code, which comes where somebody asks for it."""
    for profile in profiles():
        for key, name in (("codes", f"{code}"), ("callback_codes", f"callback-{code}")):
            if code in profile_file(profile.source).get(key, {}):
                text = f"{name}: on the profile {profile.source}, with Prefer: scenario={name}"
                yield Fact(text, (in_profile(profile.source, key, f"{code}"),))


def of_scenario(name: str) -> Explanation:
    scenario = Scenarios.read().named(name)
    told = _provoked(scenario)
    return Explanation(name=name, quotes=quoted(name), causes=told.causes, commands=told.commands)


def quoted(scenario: str) -> tuple[Quote, ...]:
    """What the documents say of the code that a scenario is about."""
    found = Scenarios.read().named(scenario)
    about = _codes(found) or ([int(scenario)] if scenario in code_names() else [])
    return tuple(quote for code in about for quote in _quotes(code))


def ending_in(status: str) -> Explanation:
    """The scenarios whose polling ends in a status."""
    lost = family().lost
    ends = {each: each.fails.status if each.fails else lost if each.lost else "" for each in Scenarios.read()}
    found = [each for each, last in ends.items() if last == status]
    told = [_provoked(each) for each in found]
    return Explanation(
        name=status,
        causes=tuple(fact for each in told for fact in each.causes),
        commands=tuple(command for each in told for command in each.commands),
    )


def summary(scenario: Scenario) -> Fact:
    return Fact(f"{scenario.name}: {scenario.summary}", (in_scenario(scenario.name, "summary"),))


def _codes(scenario: Scenario) -> list[int]:
    """The code that it ends in, of its answer or of its callback, if it fails."""
    if scenario.answer is not None:
        return [scenario.answer]
    return [scenario.fails.code] if scenario.fails else []


def _provoked(scenario: Scenario) -> Explanation:
    """The scenario alone, without what the documents say of its code."""
    name = scenario.name
    commands = [
        f"suno-mock extend --prefer scenario={name}",
        f"suno-mock extend --audio-id {MAGIC}{name}",
        f"suno-mock extend --key {MAGIC}{name}",
        f"suno-mock queue {name}",
    ]
    commands += [f"suno-mock trigger {name} --to {CALLBACKS}"] if scenario.steps() else []
    return Explanation(name=name, causes=tuple(_course(scenario)), commands=tuple(commands))


def _course(scenario: Scenario) -> Iterator[Fact]:
    name = scenario.name
    yield summary(scenario)
    kind = next(each for each in KINDS if getattr(scenario, each))
    yield Fact(f"{name}: {cause(scenario)}", (in_scenario(name, kind),))
    if scenario.fails:
        refund = ", and the credits come back" if scenario.fails.refund else ""
        yield Fact(f"{name}: polling ends in {scenario.fails.status}{refund}", (in_scenario(name, "fails", "status"),))
    if scenario.record_behind:
        said = f"{name}: polling shows each stage {scenario.record_behind:g} s later, at real pace"
        yield Fact(said, (in_scenario(name, "record_behind"),))
    if not scenario.record_urls:
        yield Fact(f"{name}: every URL in polling is null", (in_scenario(name, "record_urls"),))
    if scenario.answer is None:
        owed = ", ".join(_owed(scenario, step.stage) for step in scenario.steps()) or "none"
        said = next((key for key in ("callbacks", "fails") if getattr(scenario, key) is not None), "summary")
        yield Fact(f"{name}: callbacks {owed}", (in_scenario(name, said),))


def _owed(scenario: Scenario, stage: str) -> str:
    failure = scenario.failure_at(stage)
    return f"code {failure.code} in place of {stage}" if failure else stage


def _quotes(code: int) -> tuple[Quote, ...]:
    return tuple(quote for profile in sources() for quote in _said(profile, code))


def _said(profile: str, code: int) -> Iterator[Quote]:
    """What a profile's documents say of a code, of an answer and of a callback, and what captures show instead."""
    file = profile_file(profile)
    for about, name, pointer in CODES:
        document = Document.read(OPENAPI / file[name])
        if text := code_texts(document, pointer).get(code):
            yield Quote(profile=profile, about=about, text=text, place=_begins(document, pointer, text))
    if captured := file.get("codes", {}).get(code):
        yield Quote(profile=profile, about="captured", text=captured, place=in_profile(profile, "codes", str(code)))


def _begins(document: Document, pointer: Pointer, text: str) -> str:
    """Where a code's text begins, which the document may go on with in the next line."""
    return of_document(document.place_of(" ".join(text.split()[:4]), after=pointer))


def _checks() -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = Document.read(CHECKS).tree
    return checks


def _told(wanted: Callable[[dict[str, Any]], bool]) -> Iterator[Fact]:
    """Some of the checks, and when they are made."""
    checks = _checks()
    for number, check in enumerate(checks, 1):
        if wanted(check):
            links_left_out = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", check["cause"]).replace("`", "")
            cause = f": {links_left_out}" if links_left_out else ""
            at = place(CHECKS, number - 1)
            yield Fact(f"check {number} of {len(checks)}, {check['check']}{cause}", (at,))
