"""The operations beside extend that a profile serves: the rules of their requests, and what is demanded of what comes.

Their files are in `openapi/operations`, with what the profile lays over them; the rest is in
`openapi/judged_operations.yaml`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contract_tests.documents.extend import PROFILE, WORDS, Rule, demands, own_rule
from contract_tests.documents.files import Citation, Document, described, laid_over, load, neighbours
from contract_tests.documents.operation import Operation, Told
from contract_tests.documents.prose import prose
from contract_tests.documents.sources import Basis, Source
from contract_tests.documents.terms import DOCUMENTED, FAMILY, Terms

JUDGED: Final = "openapi/judged_operations.yaml"
BESIDE: Final = "x-beside"
"""Of a property: the members of a request beside which it may stand."""
PERSONA: Final = "persona"
ABSENT: Final = "{absent}"
"""In place of a member's value: the profile has no such member."""
PROSE: Final = ("custom", "known", "http", "once")
"""How rules of the prose end that a request can break."""
INFERRED: Final = ("known", "http")
"""How rules end of which no page shows what is answered where they are broken."""


def operations(profile: Mapping[str, Any]) -> tuple[Operation, ...]:
    """The operations that a profile serves and that can be judged, in the order of the data."""
    served = profile.get("serves", ())
    return tuple(_read(name, judged, profile) for name, judged in _judged(served))


def bases(profile: Mapping[str, Any]) -> Iterator[tuple[str, Basis]]:
    """What the rules of these operations rest on, by their ids."""
    for each in operations(profile):
        document, judged = Document.of_operation(each.name), load(JUDGED)["operations"][each.name]
        called = _entry(document, each.name)["path"]
        path = document.found(f"{called}:" if each.name in neighbours() else f"path: {called}")
        for rule in each.rules:
            yield rule.id, Basis(Source(rule.source), rule.demand, rule.citation)
        for field, (most, unit) in each.lengths.items():
            cited = Citation(PROFILE, f"{field}: {most} {unit}")
            yield f"{each.name}.{field}.length", Basis(Source.DOCUMENT, f"{field} has {most} {unit} or fewer", cited)
        for line in profile.get("limits", {}).get(each.name, ()):
            cited = document.found(line["quote"])
            for field in line["characters"]:
                demand = f"{field} is no longer than it may be for its model"
                yield f"{each.name}.{field}.length", Basis(Source.DOCUMENT, demand, cited)
        for ending, (source, demand) in _of_all(each).items():
            yield f"{each.name}.{ending}", Basis(source, demand, Citation() if source is Source.SENSE else path)
        kept = {told.rule for told in each.told}
        for entry in (entry for entry in judged.get("tells", ()) if entry["rule"] in kept):
            yield entry["rule"], Basis(Source.DOCUMENT, entry["demand"], document.found(entry["quote"], "paths:"))


def _of_all(each: Operation) -> dict[str, tuple[Source, str]]:
    """What is demanded of every operation of a kind, by the end of the rule's id."""
    found = {
        "auth.missing": (Source.DOCUMENT, "a request without a key gets 401"),
        "valid": (Source.DOCUMENT, "a request like the documented example is accepted"),
    }
    if each.kind == "task" and not each.makes_tracks:
        found["callback"] = (Source.DOCUMENT, "a task calls back")
        found["callback.members"] = (Source.FAMILY, "data of the callback has the members of the pages")
    if each.kind == "answer":
        found["answer.members"] = (Source.FAMILY, "data of the answer has the members of the pages")
    if each.record_path:
        found["record"] = (Source.DOCUMENT, "polling shows the task, with its taskId")
        found["record.status"] = (Source.DOCUMENT, "a task that went well is not shown as one that goes on or failed")
        found["record.word"] = (Source.FAMILY, "the status is one of the words of the pages")
        found["record.members"] = (Source.FAMILY, "data of the record has the members of the pages")
        if each.agrees:
            found["record.agrees"] = (Source.SENSE, "record and callback tell the same")
    return found


def _judged(served: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, judged in load(JUDGED)["operations"].items():
        if name in served and name in described():
            yield name, judged


def _entry(document: Document, name: str) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = document.tree["operations"][name]
    return entry


def _read(name: str, judged: Mapping[str, Any], profile: Mapping[str, Any]) -> Operation:
    document, said = Document.of_operation(name), profile.get("operations", {})
    entry = laid_over(_entry(document, name), said.get(name, {}))
    schema = _schema(document, name)
    base, record = profile.get("base_path", ""), _record_path(entry.get("polled_by", ""), profile)
    told = tuple(map(_told, judged.get("tells", ())))
    terms = Terms.of(laid_over(load(FAMILY), profile))
    usual, own = ((*each.statuses, each.lost) for each in (DOCUMENTED, terms))
    renamed = dict(zip(usual, own, strict=True))
    agrees, status = judged.get("agrees"), judged.get("record", {})
    return Operation(
        name=name,
        kind=entry.get("kind", "answer"),
        path=base + entry["path"],
        record_path=record,
        example={field: keys["example"] for field, keys in schema["properties"].items() if "example" in keys},
        rules=tuple(_rules(document, name, schema, entry, {*judged.get("left_open", ()), *_unknowable(name, profile)})),
        lengths={field: _length(most) for field, most in entry.get("characters", {}).items()},
        codes=tuple(judged.get("codes", ())),
        of_whom=tuple(judged.get("of_whom", ())),
        status=tuple(status.get("at", ())),
        words=tuple(renamed.get(word, word) for word in status.get("words", ())),
        running=terms.statuses[:-1],
        success=terms.statuses[-1],
        lost=terms.lost,
        told=tuple(each for each in told if each.of != "record" or record),
        agrees=(agrees["rule"], tuple(agrees["record"]), tuple(agrees["callback"])) if agrees and record else None,
        members={
            message: tuple(member for member, value in entry[message].items() if value != ABSENT)
            for message in ("callback", "record", "answer")
            if message in entry
        }
        | judged.get("members", {}),
        makes_tracks=entry.get("makes") == "tracks",
        beside={
            field: keywords[BESIDE]
            for field, keywords in {**schema["properties"], **entry.get("properties", {})}.items()
            if BESIDE in keywords
        },
        tracks=entry.get("tracks_per_task", laid_over(load(FAMILY), profile)["tracks_per_task"]),
        models=tuple(entry.get("models", ())),
        by_model=_by_model(profile.get("limits", {}).get(name, ())),
    )


def _by_model(lines: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, tuple[int, str]]]:
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for line in lines:
        for model in line["models"]:
            own = {field: _length(most) for field, most in line["characters"].items()}
            found[model] = {**found.get(model, {}), **own}
    return found


def _told(entry: Mapping[str, Any]) -> Told:
    unless = entry.get("unless", {"at": "", "is": ()})
    return Told(
        rule=entry["rule"],
        of=entry["of"],
        kind=entry["kind"],
        at=tuple(entry["at"]),
        needed=entry.get("needed", True),
        unless=(unless["at"], tuple(unless["is"])),
    )


def _schema(document: Document, name: str) -> Mapping[str, Any]:
    body = document.tree["paths"][_entry(document, name)["path"]]["post"]["requestBody"]
    schema: Mapping[str, Any] = body["content"]["application/json"]["schema"]
    return schema


def _record_path(name: str, profile: Mapping[str, Any]) -> str:
    """The path of the record of what an operation makes; empty where the profile does not serve it."""
    if name not in profile.get("serves", ()) or name not in described():
        return ""
    entry = laid_over(_entry(Document.of_operation(name), name), profile.get("operations", {}).get(name, {}))
    return f"{profile.get('base_path', '')}{entry['path']}"


def _length(most: Any) -> tuple[int, str]:
    return (most["most"], most["unit"]) if isinstance(most, dict) else (most, "characters")


def _rules(
    document: Document, name: str, schema: Mapping[str, Any], said: Mapping[str, Any], left_open: Collection[str]
) -> Iterator[Rule]:
    """The rules of the schema, and those of the prose and of the profile that hold whatever a question says, but for
    those that are `left_open`."""
    told, gone = prose(document.tree["rules"], said.get("rules", {}))
    by_id = {entry["id"]: entry for entry in told}
    for field in schema["required"]:
        stated = by_id.get(f"{name}.{field}.required", {})
        if f"{name}.{field}.required" not in gone and not (stated.get("when") or "schema" in stated):
            yield _rule(name, field, "required", True, document.found("required: [", "requestBody:"))
    properties = {**schema["properties"], **said.get("properties", {})}
    for field, keywords in properties.items():
        for keyword, value in keywords.items():
            if demands(keyword) and f"{name}.{field}.{keyword}" not in gone:
                own_line = Citation(PROFILE, f"{keyword}: {value}")
                line = _line(document, field) if field in schema["properties"] else own_line
                yield _rule(name, field, keyword, value, line)
    for id, entry in by_id.items():
        *_, field, ending = id.split(".")
        tried = id not in left_open and ("breaks" in entry or ending in PROSE)
        if tried and not entry.get("when") and field in properties:
            cited = (
                document.found(entry["quote"], "paths:") if "quote" in entry else Citation(PROFILE, entry["allowed"])
            )
            rule = _rule(name, field, ending, None, cited)
            yield replace(rule, demand=f"{field}: {entry['allowed']}", **own_rule(entry))


def _unknowable(name: str, profile: Mapping[str, Any]) -> Iterator[str]:
    """Rules of which nobody can tell whether they are broken: of personas where none can be made."""
    if PERSONA not in profile.get("serves", ()):
        yield f"{name}.personaId.known"


def _line(document: Document, field: str) -> Citation:
    """The line of a property."""
    inline = document.found(f" {field}: {{type", "properties:")
    return inline if ":" in inline.place else document.found(f"{field}:", f"{field}:")


def _rule(name: str, field: str, keyword: str, value: Any, cited: Citation) -> Rule:
    id = f"{name}.{field}.{keyword}"
    demand = WORDS.get(keyword, "").format(", ".join(value) if isinstance(value, list) else value)
    sources: Mapping[str, list[str]] = load(JUDGED)["sources"]
    usual = "inferred" if keyword in INFERRED else "document"
    source = next((source for source, ids in sources.items() if id in ids), usual)
    return Rule(
        id=id,
        field=field,
        keyword=keyword,
        value=value,
        citation=cited,
        when={},
        demand=f"{field} {demand}",
        source=source,
    )
