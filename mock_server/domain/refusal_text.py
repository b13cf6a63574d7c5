"""What a refusal says: the profile's own words where it has some, else the document's text and what is wrong. Pure."""

from collections.abc import Mapping, Sequence

from mock_server.contract.family import Family
from mock_server.core.errors import ApiError, Forced, Invalid, RuleBroken, Violation

FIRST = "first"
"""The word of a profile that tells the first broken rule alone."""


def told(error: ApiError, family: Family) -> ApiError:
    """The refusal that is told: of a request that breaks several rules, all of them or the first."""
    if family.tells == FIRST and isinstance(error, Invalid) and len(error.violations) > 1:
        return Invalid(error.violations[:1])
    return error


def refusal_text(error: ApiError, text: str, family: Family) -> str:
    """`msg` of a refusal; `text` is that of its code."""
    if isinstance(error, Forced):
        return text
    own = _own(error, family.texts) if family.texts else None
    return f"{text.rstrip('.')}: {error.msg}" if own is None else own


def _own(error: ApiError, texts: Mapping[str, str]) -> str | None:
    """What the profile says of the refusal; None where it has no words for some of it."""
    if isinstance(error, Invalid):
        said = [_of_violation(each, texts) for each in error.violations]
        return None if None in said else "; ".join(filter(None, said))
    broken = error if isinstance(error, RuleBroken) else None
    template = _template([*(broken.rules if broken else ()), error.kind], texts)
    return None if template is None else _filled(template, broken.values if broken else {})


def _of_violation(violation: Violation, texts: Mapping[str, str]) -> str | None:
    kind = violation.rule.rpartition(".")[2]
    template = _template([violation.rule, kind, Invalid.kind], texts)
    return None if template is None else _filled(template, {**violation.values(), "field": violation.field})


def _template(names: Sequence[str], texts: Mapping[str, str]) -> str | None:
    """The words for the first of the names that has some."""
    return next((texts[name] for name in names if name in texts), None)


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name in ("limit", "length", "allowed", "field", "value"):  # the value last: it is the client's
        template = template.replace(f"{{{name}}}", values.get(name, ""))
    return template
