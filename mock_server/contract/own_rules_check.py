"""Whether a profile's own rules are about something, and are broken by what is said to break them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_server.contract.body_validator import Contract, Rule
from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.operation_files import OPERATIONS
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import chain, read
from mock_server.contract.profile_values import Said, Tree
from mock_server.contract.questions import Register
from mock_server.contract.rule_source import BODY, RULES, Source, field_of
from mock_server.core.errors import nearest
from mock_server.core.text import shown

COMPLETE: Final = ("schema", "allowed")
"""What a rule needs that is none of ours."""


def own_names(text: str, tree: Tree) -> Iterator[Said]:
    """Whether each rule of its own file is one of its operation, holds under readings that there are, and has a schema
    that is read, and whether what limits are about is such a schema, too."""
    questions = Register.of(tree).questions
    for name, id, entry in _own(text):
        said = entry or {}
        if wrong := _of_another(name, id) or _no_reading(questions, said) or _unread(said.get("schema")):
            yield _told(name, id, wrong)
    for operation, lines in tree.get("limits", {}).items():
        for number, line in enumerate(lines):
            if wrong := _unread(line.get("if")):
                yield ("limits", operation, number, "if"), f"limits.{operation}.{number}.if {wrong}"


def own_rules(text: str, tree: Tree) -> Iterator[Said]:
    """Whether each rule of its own file has a place, a property and a schema, and whether a request like the documented
    one is refused for it, once it has the members that break it. Those of a profile that it extends are looked at
    there: another document need not have what they quote."""
    profile = Profile.read(text)
    document = Document.read(OPENAPI / tree["document"])
    for name, id, entry in _own(text):
        if entry is not None and name in profile.operations:
            source = Source.read(profile.operations[name], document, ())
            for wrong in filter(None, (_wrong(profile, source, id, entry), _unbroken(profile, source, id, entry))):
                yield _told(name, id, wrong)


def _own(text: str) -> Iterator[tuple[str, str, Mapping[str, Any] | None]]:
    """The rules of a profile's own file: the operation, the id, and what is said."""
    for name, said in (read(chain(text)[0]).get(OPERATIONS) or {}).items():
        for id, entry in (said.get(RULES) or {}).items():
            yield name, id, entry


def _told(operation: str, id: str, wrong: str) -> Said:
    return (OPERATIONS, operation, RULES, id), f"{OPERATIONS}.{operation}.{RULES}: {id} {wrong}"


def _of_another(operation: str, id: str) -> str:
    if id.partition(".")[0] == operation:
        return ""
    return f"is the id of another operation's rule. Allowed: {operation}.PROPERTY.NAME."


def _wrong(profile: Profile, source: Source, id: str, entry: Mapping[str, Any]) -> str:
    """What is wrong with a rule, first that which makes the rest pointless."""
    field, properties = field_of(id), source.properties
    of_id = [rule for rule in profile.rules(source.operation.name) if rule.id == id]
    if field not in (*properties, BODY):
        return f"is about no property.{nearest(field, properties)} Allowed: {', '.join(properties)}, {BODY}."
    if "quote" in entry and not source.document.find(entry["quote"]):
        return (
            f"quotes what {source.document.name} does not say: {entry['quote']!r}. Allowed: a line of it, or no quote."
        )
    if missing := [each for each in COMPLETE if each not in entry] if not _stated(source, of_id, entry) else []:
        return f"has no {' and no '.join(missing)}. Allowed: {' and '.join(COMPLETE)}, or the id of a rule of ours."
    return ""


def _stated(source: Source, of_id: list[Rule], entry: Mapping[str, Any]) -> bool:
    """Whether a schema states it, or the mock's memory, so that an entry may say only when it holds."""
    return "schema" not in entry and any(rule.allowed or rule.schema for rule in of_id)


def _unbroken(profile: Profile, source: Source, id: str, entry: Mapping[str, Any]) -> str:
    holding = profile.holding(source.operation.name, profile.picks)
    if "breaks" not in entry or id not in {rule.id for rule in holding}:
        return ""
    examples = {name: keywords["example"] for name, keywords in source.properties.items() if "example" in keywords}
    body = {name: value for name, value in {**examples, **entry["breaks"]}.items() if value is not None}
    if id in {each.rule for each in Contract(holding, "maxLength").violations(body)}:
        return ""
    said = f"is not broken by {shown(entry['breaks'])}, with the documented example for the rest."
    return f"{said} Allowed: members that break it, or no `breaks`."


def _no_reading(questions: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    for name, reading in entry.get("when", {}).items():
        if name not in questions or reading not in questions[name].readings:
            return (
                f"holds when {name}={reading}, no reading.{nearest(name, questions)} `suno-mock questions` lists them."
            )
    return ""


def _unread(schema: Any) -> str:
    """What a schema has that no rule may have: a reference, which would be loaded from elsewhere, or a part of another
    form than the mock merges rules by."""
    for part in _parts(schema):
        if references := [key for key in part if str(key).startswith("$")]:
            return f"has {references[0]}. Allowed: a JSON Schema without references."
        properties = part.get("properties", {})
        if not isinstance(properties, dict) or not all(isinstance(each, dict) for each in properties.values()):
            return (
                f"has properties {shown(properties)}. Allowed: for each property a mapping, such as {{maxLength: 20}}."
            )
        if "if" in part and not (isinstance(part["if"], dict) and isinstance(part.get("then"), dict)):
            return "has an if without a then. Allowed: a mapping for each, or neither."
    return ""


def _parts(schema: Any) -> Iterator[dict[Any, Any]]:
    """A schema and all schemas in it."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
