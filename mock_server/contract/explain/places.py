"""Where something stands, as `file:line`: in a data file, in a document, in a profile. Pure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from mock_server.contract.documents import FIXTURES, OPENAPI, PACKAGED, ROOT, Document
from mock_server.contract.family import Family
from mock_server.contract.operations import Operation
from mock_server.contract.own_profile import check_own
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import DOCUMENTS, FAMILY, family_file, profile_file, profile_names
from mock_server.contract.profile_places import files, place_in, shown
from mock_server.contract.questions import Question, Register

QUESTIONS: Final = OPENAPI / "questions.yaml"
INSTALLED: Final = PACKAGED.is_dir()
"""Whether this is an installed wheel, whose files are told by their whole paths."""
_OWN: Final[ContextVar[str]] = ContextVar("own profile", default="")
"""The profile of somebody's own that is explained beside ours."""


def place(path: Path, *pointer: str | int) -> str:
    """`file:line` of a node of a YAML file."""
    return f"{shown(path, INSTALLED)}:{Document.read(path).lines[pointer]}"


def of_document(place: str) -> str:
    """The same place of a document, which a rule gives by the document's name alone; that of a profile is whole."""
    name, _, line = place.rpartition(":")
    return f"{shown(_named(name), INSTALLED)}:{line}"


def line_at(place: str) -> str:
    """What the document says there."""
    name, _, line = place.rpartition(":")
    return Document.read(_named(name)).text[int(line) - 1].strip().removeprefix("- ")


def _named(name: str) -> Path:
    """The file of a place of a rule: one of ours, a document of the own profile, or a profile as it was named."""
    of_profile = profile_file(_OWN.get()) if _OWN.get() else {}
    documents = [OPENAPI / of_profile[key] for key in DOCUMENTS if key in of_profile]
    own = (path for path in documents if path.name == name)
    return next((path for path in (OPENAPI / name, ROOT / name, *own) if path.is_file()), Path(name))


def in_document(document: Document, *pointer: str | int) -> str:
    """`file:line` of a node of a published document."""
    return of_document(document.place(pointer))


def in_family(*pointer: str | int) -> str:
    return place(FAMILY, *pointer)


def operation_file(operation: Operation) -> Path:
    """The file that says what an operation is."""
    return Path(operation.file or FAMILY)


def in_profile(profile: str, *pointer: str | int) -> str:
    """`file:line` in the profile's own file, or else in that of the profile that it extends."""
    found = place_in(files(profile), *pointer)
    return f"{shown(found.path, INSTALLED)}:{found.line}"


def in_question(name: str, *pointer: str | int) -> str:
    """`file:line` in the entry of a question."""
    ids = [entry["id"] for entry in Document.read(QUESTIONS).tree]
    return place(QUESTIONS, ids.index(name), *pointer)


def in_reading(question: str, reading: str) -> str:
    """`file:line` of a reading of a question, or of the own profile that adds it."""
    if _OWN.get() and reading in profile_file(_OWN.get()).get("readings", {}).get(question, {}):
        return in_profile(_OWN.get(), "readings", question, reading)
    return in_question(question, "readings", reading)


def in_scenario(name: str, *pointer: str | int) -> str:
    return place(FIXTURES / "scenarios" / f"{name}.yaml", *pointer)


def describing(profile: str, operation: Operation) -> Document:
    """The document that describes an operation: its own file, the profile's, or that of the neighbours."""
    if operation.file:
        return Document.read(Path(operation.file))
    own = OPENAPI / profile_file(profile)["document"]
    others = sorted(OPENAPI.glob("*.openapi.yaml"))
    return next(each for each in map(Document.read, (own, *others)) if operation.path in each.at("paths"))


@contextmanager
def beside_ours(profile: str) -> Iterator[None]:
    """Know a profile of somebody's own too, a file or a folder. Raises BadSetting for one that cannot be served."""
    if profile and profile not in profile_names():
        check_own(profile)
    token = _OWN.set(profile)
    try:
        yield
    finally:
        _OWN.reset(token)


def sources() -> tuple[str, ...]:
    """All profiles, by name, file or folder."""
    return tuple(dict.fromkeys(filter(None, [*profile_names(), _OWN.get()])))


def profiles() -> list[Profile]:
    """All of them, each read once."""
    return [profile_of(source) for source in sources()]


@cache
def profile_of(source: str) -> Profile:
    """A profile, read once."""
    return Profile.read(source)


@cache
def family() -> Family:
    return Family.of(family_file())


def questions() -> Mapping[str, Question]:
    """The open questions by name, with the readings that the own profile adds."""
    return _questions(_OWN.get())


@cache
def _questions(own: str) -> Mapping[str, Question]:
    return Register.of(profile_file(own) if own else {}).questions
