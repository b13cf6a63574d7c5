"""Documents → one profile: its rules with their places, its texts, and what it shares with the family."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from mock_server.contract import rulebook
from mock_server.contract.body_validator import Rule
from mock_server.contract.documents import FIXTURES, OPENAPI, Document, Pointer
from mock_server.contract.family import Family
from mock_server.contract.models import Models, goes_round
from mock_server.contract.operation_files import FILE
from mock_server.contract.operations import EXTEND, Operation, operations_of, own_terms, path
from mock_server.contract.profile_files import MODELS, chain, merge, profile_name, read, resolved
from mock_server.contract.profile_places import files, place_in
from mock_server.contract.rule_source import Source
from mock_server.contract.rule_source import models as models_of
from mock_server.core.errors import BadSetting, unknown

CODE: Final[Pointer] = ("content", "application/json", "schema", "allOf", 0, "properties", "code")
DESCRIBED: Final[Pointer] = ("paths", path(EXTEND), "post")
ANSWER_CODE: Final[Pointer] = (*DESCRIBED, "responses", "200", *CODE)
CALLBACK: Final[Pointer] = (*DESCRIBED, "callbacks", "audioExtend", "{$request.body#/callBackUrl}", "post")
CALLBACK_CODE: Final[Pointer] = (*CALLBACK, "responses", "200", *CODE)

DOCUMENTED: Final = "apikley"
"""The document whose examples are sent where a profile has none."""
UNTOLD: Final = "a code that the profile has no text for"
NO_STAND_INS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One reading of the documents, of the name, file or folder `source`. `lineage` are the names of the profile and
    of those that it extends, `picks` its reading of each question. `operations` are the endpoints that it serves, of
    `every` one of the family; `rules` are those of a POST, by the operation's name, and `state_rules` those of them
    that a body alone cannot break, by id; both are read when they are first asked for. `family_of` has what holds for
    the tasks of an operation. `codes` and `callback_codes` map a code to its text. `tracks` and `personas` are None
    where it has those of our fixtures."""

    name: str
    source: str
    summary: str
    lineage: tuple[str, ...]
    picks: Mapping[str, str]
    family: Family
    models: tuple[str, ...]
    known_models: Models
    operations: Mapping[str, Operation]
    every: Mapping[str, Operation]
    rules: Callable[[str], tuple[Rule, ...]]
    state_rules: Callable[[str], Mapping[str, Rule]]
    family_of: Callable[[str], Family]
    codes: Mapping[int, str]
    callback_codes: Mapping[int, str]
    tracks: Sequence[Mapping[str, Any]] | None
    personas: Collection[str] | None

    @classmethod
    def read(cls, text: str, stand_ins: Mapping[str, str] = NO_STAND_INS) -> "Profile":
        """By name, file or folder; `stand_ins` are models that are accepted as others. Raises BadSetting."""
        paths = files(text)
        lineage = tuple(map(profile_name, chain(text)))
        tree = merge(resolved(text), {MODELS: {name: {"as": model} for name, model in stand_ins.items()}})
        document = Document.read(OPENAPI / tree["document"])
        callbacks = Document.read(OPENAPI / tree["callback_document"])
        models = Models.of(tree, models_of(document))
        for model in stand_ins.values():
            if model in stand_ins or model not in models.offered:
                raise unknown("model", model, {*models.offered} - {*stand_ins})
        own = {name: entry for name, entry in tree.get(MODELS, {}).items() if entry}
        for name, model in stand_ins.items():
            if goes_round(own, name):
                raise BadSetting(
                    f"--model {name}={model}: {model} stands for {name} itself. Allowed: one that does not."
                )
        every = operations_of(_with_documented_paths(tree, document))
        served = {name: every[name] for name in tree["serves"]}

        def where(*pointer: str | int) -> str:
            return str(place_in(paths, *pointer))

        @cache
        def rules(operation: str) -> tuple[Rule, ...]:
            source = Source.read(served[operation], document, models.limits(operation), models, where)
            return tuple(rulebook.rules(source))

        whole = {**tree, "model_names": models.names, "longest": models.longest}
        family = Family.of(whole)

        return cls(
            name=lineage[0],
            source=text,
            summary=tree.get("summary", f"extends {tree.get('extends')}"),
            lineage=lineage,
            picks=tree["picks"],
            family=family,
            models=models.offered,
            known_models=models,
            operations=served,
            every=every,
            rules=rules,
            state_rules=cache(lambda operation: {rule.id: rule for rule in rules(operation) if rule.schema is None}),
            family_of=cache(lambda operation: _family_of(every[operation], whole, family)),
            codes=_told(document, ANSWER_CODE, tree.get("codes", {})),
            tracks=tree.get("tracks"),
            personas=tree.get("personas"),
            callback_codes=_told(callbacks, CALLBACK_CODE, tree.get("callback_codes", {})),
        )

    @property
    def stage_messages(self) -> Mapping[str, str]:
        """What the callback of each stage of music says."""
        return {name: stage.msg for name, stage in self.family.stages.items()}

    def failure_text(self, operation: Operation, code: int) -> str:
        """What the callback of a task that failed says, and polling."""
        return operation.callback_codes.get(code) or self.callback_codes.get(code, UNTOLD)

    def holding(self, operation: str, names: Mapping[str, str]) -> tuple[Rule, ...]:
        """The operation's rules that hold under the readings with these names."""
        return tuple(rule for rule in self.rules(operation) if rule.holds(names))

    def every_rule(self) -> Iterator[Rule]:
        """The rules of all operations that have some."""
        for each in self.operations.values():
            if each.method == "POST":
                yield from self.rules(each.name)

    def place(self, rule: str) -> str:
        """Where the document says so, for a rule that needs state."""
        return self.state_rules(rule.partition(".")[0])[rule].place


def _family_of(operation: Operation, tree: Mapping[str, Any], family: Family) -> Family:
    """What holds for the tasks of an operation, where the whole profile says `tree`."""
    return Family.of(own_terms(operation, tree)) if operation.file else family


def _told(document: Document, pointer: Pointer, own: Mapping[int, str | None]) -> dict[int, str]:
    """The texts of a document's codes, as far as the profile says nothing else, or takes a code away."""
    texts = {**code_texts(document, pointer), **own}
    return {code: text for code, text in texts.items() if text is not None}


def document_name(profile: str) -> str:
    """The document that a profile reads, by the name that its file and its fixtures share; of one that lies elsewhere,
    that which the nearest of ours reads that the profile extends."""
    for file in chain(profile):
        name = str(read(file).get("document", "")).removesuffix(".openapi.yaml")
        if name and (FIXTURES / "documents" / name).is_dir():
            return name
    return DOCUMENTED


def code_texts(document: Document, pointer: Pointer) -> dict[int, str]:
    """`- **402**: Insufficient …` lines of a code's description, by code."""
    code = document.at(*pointer)
    texts = {int(number): text.strip() for number, text in re.findall(r"- \**(\d+)\**: (.+)", code["description"])}
    if set(texts) != set(code["enum"]):
        raise BadSetting(f"{document.place(pointer)}: the codes {code['enum']} and their texts {texts} do not agree.")
    return texts


def _with_documented_paths(tree: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """Each operation with the path by which the documents describe it: its own, else that of the family."""
    described = document.tree["paths"]
    documented = {
        name: {"documented": entry["path"] if entry["path"] in described else path(name)}
        for name, entry in tree["operations"].items()
        if FILE not in entry
    }
    return merge(tree, {"operations": documented})
