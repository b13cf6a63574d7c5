"""Documents → one profile: its rules with their places, its texts, and the open questions settled.

Profile   what one provider's document says, read together with its prose
Edition   a profile with every open question settled: what one request is judged and answered by
Editions  the editions of the profile in use
InForce   the readings to choose from at one time; draws an edition per request where a question varies
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from mock_server.contract import rulebook
from mock_server.contract.body_validator import Contract, Rule
from mock_server.contract.documents import OPENAPI, Document, Pointer, load
from mock_server.contract.operations import EXTEND, Operation, operations, path
from mock_server.contract.questions import VARY, Question, Readings, Register
from mock_server.contract.rulebook import Source
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.settings import RateLimit, Settings, parse_readings

CODE: Final[Pointer] = ("content", "application/json", "schema", "allOf", 0, "properties", "code")
DESCRIBED: Final[Pointer] = ("paths", path(EXTEND), "post")
ANSWER_CODE: Final[Pointer] = (*DESCRIBED, "responses", "200", *CODE)
CALLBACK: Final[Pointer] = (*DESCRIBED, "callbacks", "audioExtend", "{$request.body#/callBackUrl}", "post")
CALLBACK_CODE: Final[Pointer] = (*CALLBACK, "responses", "200", *CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of generation: seconds after the answer at real pace, message, status in polling."""

    at: float
    msg: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Family:
    """What all providers of the family share (`openapi/family.yaml`, with sources)."""

    stages: Mapping[str, Stage]
    pending: str
    lost: str
    model_names: Mapping[str, str]
    longest: Mapping[str, float]
    callback_timeout: float
    tracks_per_task: int
    retention_days: float
    poll_limit: RateLimit
    persona_window: tuple[float, float]
    personas_exclude: tuple[str, ...]

    @classmethod
    def read(cls) -> "Family":
        file = load(OPENAPI / "family.yaml")
        entries = {name: value for name, value in file.items() if name != "operations"}
        stages = {name: Stage(**stage) for name, stage in entries["stages"].items()}
        return cls(
            **{
                **entries,
                "stages": stages,
                "poll_limit": RateLimit(**entries["poll_limit"]),
                "persona_window": tuple(entries["persona_window"]),
                "personas_exclude": tuple(entries["personas_exclude"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One reading of the documents. `operations` are the endpoints that its sources know; `rules` are those of a POST,
    by the operation's name, and `state_rules` those of them that a body alone cannot break, by id; both are read when
    they are first asked for. `codes` and `callback_codes` map a code to the document's own text."""

    name: str
    summary: str
    models: tuple[str, ...]
    operations: Mapping[str, Operation]
    rules: Callable[[str], tuple[Rule, ...]]
    state_rules: Callable[[str], Mapping[str, Rule]]
    codes: Mapping[int, str]
    callback_codes: Mapping[int, str]
    stage_messages: Mapping[str, str]

    @classmethod
    def read(cls, name: str, family: Family) -> "Profile":
        """Raises BadSetting for a name without a file under `openapi/profiles/`."""
        file = profile_file(name)
        document = Document.read(OPENAPI / file["document"])
        callbacks = Document.read(OPENAPI / file["callback_document"])
        messages = file.get("messages", {})
        codes = code_texts(document, ANSWER_CODE)
        served = {name: operations()[name] for name in file["operations"]}

        @cache
        def rules(operation: str) -> tuple[Rule, ...]:
            limits = file["limits"].get(operation, ())
            return tuple(rulebook.rules(Source.read(served[operation], document, limits)))

        return cls(
            name=name,
            summary=file["summary"],
            models=rulebook.models(document),
            operations=served,
            rules=rules,
            state_rules=cache(lambda operation: {rule.id: rule for rule in rules(operation) if rule.schema is None}),
            codes={code: messages.get(code, text) for code, text in codes.items()},
            callback_codes=code_texts(callbacks, CALLBACK_CODE),
            stage_messages={stage: messages.get(stage, family.stages[stage].msg) for stage in family.stages},
        )

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edition:
    """A profile with every open question settled. `picked` has the name of each question's reading, in the register's
    order, `names` by question; `drawn` writes out those that vary from request to request, as `--set` takes them.
    `contract` is that of an operation, by its name; `reread` is the same profile with some questions answered
    otherwise, `questions` are all that there are."""

    profile: Profile
    family: Family
    picked: tuple[str, ...]
    names: Mapping[str, str]
    drawn: str
    readings: Readings
    contract: Callable[[str], Contract]
    reread: Callable[[Mapping[str, str]], "Edition"]
    questions: Mapping[str, Question]


class Editions:
    """The editions of the profile in use."""

    def __init__(self, settings: Settings) -> None:
        self.register = Register.read()
        self.family = Family.read()
        self.profile = Profile.read(settings.profile, self.family)
        self._seed = settings.seed
        # Few readings decide about rules, so there are far fewer contracts than editions, and all are kept.
        self._contract = cache(Contract)
        self.named = lru_cache(maxsize=1024)(self._settled)
        self.under = lru_cache(maxsize=64)(self._in_force)
        self.under(tuple(parse_readings(settings.readings).items()))

    def _in_force(self, overrides: tuple[tuple[str, str], ...]) -> "InForce":
        """What is drawn from while some questions are answered otherwise. Raises BadSetting for what does not exist."""
        return InForce(self, self.register.choices(self.profile.name, dict(overrides)), self._seed)

    def _settled(self, names: tuple[str, ...], drawn: str = "") -> Edition:
        """The edition of the readings with these names, in the register's order; `drawn` writes out some of them."""
        named = dict(zip(self.register.questions, names, strict=True))
        readings = self.register.settle(names)
        length = readings.string_length
        return Edition(
            profile=self.profile,
            family=self.family,
            picked=names,
            names=named,
            drawn=drawn,
            readings=readings,
            contract=cache(lambda operation: self._contract(self.profile.holding(operation, named), length)),
            reread=lambda others: self.named(tuple({**named, **others}.values())),
            questions=self.register.questions,
        )


class InForce:
    """The readings to choose from at one time. `default` is the edition where none is drawn, `varies` whether some
    question is drawn for each request."""

    def __init__(self, editions: Editions, choices: tuple[tuple[str, ...], ...], seed: int) -> None:
        self._editions = editions
        self._choices = choices
        self._seed = seed
        listed = zip(editions.register.questions, choices, strict=True)
        self._varying = [question for question, names in listed if len(names) > 1]
        self.varies = bool(self._varying)
        self.default = self._drawn()

    def reading(self, question: str) -> str:
        """The name of the reading in force, or `vary`."""
        return VARY if question in self._varying else self.default.names[question]

    def draw(self, *request: str | int) -> Edition:
        """The edition that judges one request, named by its key and number."""
        return self._drawn(*request) if self.varies else self.default

    def _drawn(self, *request: str | int) -> Edition:
        names = self._editions.register.draw(self._choices, self._seed, *request)
        named = dict(zip(self._editions.register.questions, names, strict=True))
        return self._editions.named(names, " ".join(f"{question}={named[question]}" for question in self._varying))


def profile_names() -> list[str]:
    return sorted(path.stem for path in (OPENAPI / "profiles").glob("*.yaml"))


def document_name(profile: str) -> str:
    """The document that a profile reads, by the name that its file and its fixtures share."""
    name: str = profile_file(profile)["document"]
    return name.removesuffix(".openapi.yaml")


def code_texts(document: Document, pointer: Pointer) -> dict[int, str]:
    """`- **402**: Insufficient …` lines of a code's description, by code."""
    code = document.at(*pointer)
    texts = {int(number): text.strip() for number, text in re.findall(r"- \**(\d+)\**: (.+)", code["description"])}
    if set(texts) != set(code["enum"]):
        raise BadSetting(f"{document.place(pointer)}: the codes {code['enum']} and their texts {texts} do not agree.")
    return texts


def profile_file(name: str) -> dict[str, Any]:
    """The plain value of `openapi/profiles/<name>.yaml`, with what it extends. Raises BadSetting."""
    if name not in profile_names():
        raise unknown("profile", name, profile_names())
    file: dict[str, Any] = load(OPENAPI / "profiles" / f"{name}.yaml")
    return {**profile_file(file["extends"]), **file} if "extends" in file else file
