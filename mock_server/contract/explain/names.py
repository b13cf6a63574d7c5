"""Every name that can be explained, by its kind.

All comes from `openapi/`, `fixtures/` and the mock's own source. Pure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from mock_server.contract.explain import codes, fields, providers, questions, rules, stages
from mock_server.contract.explain.explanation import Explanation, Section
from mock_server.contract.explain.places import beside_ours, sources
from mock_server.contract.profile_files import is_file
from mock_server.contract.scenarios import MAGIC
from mock_server.core.errors import COMPARED, BadSetting
from mock_server.core.text import cut


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of name: what it is called, all of its names, and what explains one."""

    called: str
    names: Callable[[], Iterable[str]]
    explain: Callable[[str], Explanation]


KINDS: Final = (
    Kind("code", codes.code_names, codes.of_code),
    Kind("scenario", codes.scenario_names, codes.of_scenario),
    Kind("rule", rules.rule_names, rules.of_rule),
    Kind("stage", stages.stage_names, stages.of_stage),
    Kind("question", questions.question_names, questions.of_question),
    Kind("operation", providers.operation_names, providers.of_operation),
    Kind("profile", sources, providers.of_profile),
    Kind("field", fields.field_names, fields.of_field),
    Kind("model", fields.model_names, fields.of_model),
    Kind("status", stages.status_names, stages.of_status),
    Kind("line of openapi/family.yaml", providers.shared_names, providers.of_shared),
    Kind("reading", questions.reading_names, questions.of_reading),
    Kind("check", codes.check_names, codes.of_check),
)
"""In the order in which a name is looked for."""


def every_name() -> list[str]:
    return list(dict.fromkeys(name for kind in KINDS for name in kind.names()))


def explained(name: str, profile: str = "") -> Explanation:
    """What is known of a name, by the first kind that has it, and after that by all others; a profile of somebody's own
    is known beside ours where it is given, or is the name.

    Raises BadSetting, with the nearest name, for one that no kind has.
    """
    with beside_ours(name if is_file(name) else profile):
        return _explained(name)


def _explained(name: str) -> Explanation:
    name = name.removeprefix(MAGIC)
    found = [kind for kind in KINDS if name in kind.names()]
    if not found:
        raise _unknown(name)
    first, *others = [kind.explain(name) for kind in found]
    further = [Section(f"As a {kind.called}", told.causes) for kind, told in zip(found[1:], others, strict=True)]
    commands = dict.fromkeys(command for told in (first, *others) for command in told.commands)
    return replace(first, sections=(*first.sections, *further), commands=tuple(commands))


def _unknown(name: str) -> BadSetting:
    close = get_close_matches(name[:COMPARED], every_name(), n=1, cutoff=0)
    kinds = ", ".join(kind.called for kind in KINDS[:-1])
    return BadSetting(
        f"{cut(name, 60)!r} is no {kinds} or {KINDS[-1].called}. Nearest: {close[0]}. Codes: "
        f"{', '.join(codes.code_names())}. `suno-mock scenarios`, `questions` and `profiles` list theirs, and a 422 "
        "names its rules."
    )
