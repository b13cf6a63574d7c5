"""A profile with its open questions settled.

Edition   a profile with every open question settled: what one request is judged and answered by
Editions  the editions of the profile in use
InForce   the readings to choose from at one time; draws an edition per request where a question varies
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from mock_server.contract.body_validator import Contract
from mock_server.contract.family import Family
from mock_server.contract.own_profile import check_own
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_file
from mock_server.contract.questions import VARY, Question, Readings, Register
from mock_server.core.setting_kinds import parse_models
from mock_server.core.settings import Settings, parse_readings


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
        check_own(settings.profile)
        self.register = Register.of(profile_file(settings.profile))
        self.profile = Profile.read(settings.profile, parse_models(settings.models))
        self.family = self.profile.family
        self._seed = settings.seed
        # Few readings decide about rules, so there are far fewer contracts than editions, and all are kept.
        self._contract = cache(Contract)
        self.named = lru_cache(maxsize=1024)(self._settled)
        self.under = lru_cache(maxsize=64)(self._in_force)
        self.under(tuple(parse_readings(settings.readings).items()))

    def _in_force(self, overrides: tuple[tuple[str, str], ...]) -> "InForce":
        """What is drawn from while some questions are answered otherwise. Raises BadSetting for what does not exist."""
        return InForce(self, self.register.choices(self.profile.picks, dict(overrides)), self._seed)

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
