"""Where something stands, as `file:line`: in a data file, in a document, in a profile. Pure."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from mock_server.contract.documents import FIXTURES, OPENAPI, PACKAGED, ROOT, Document
from mock_server.contract.family import Family
from mock_server.contract.operations import Operation
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import FAMILY, family_file, profile_file, profile_names
from mock_server.contract.questions import Question, Register

QUESTIONS: Final = OPENAPI / "questions.yaml"


def shown(path: Path, packaged: bool = PACKAGED.is_dir()) -> str:
    """A file by its path in the checkout; in an installed wheel by its whole path."""
    return str(path) if packaged else path.relative_to(ROOT).as_posix()


def place(path: Path, *pointer: str | int) -> str:
    """`file:line` of a node of a YAML file."""
    return f"{shown(path)}:{Document.read(path).lines[pointer]}"


def of_document(place: str) -> str:
    """The same place of a document, which a rule gives by the document's name alone; that of a profile is whole."""
    name, _, line = place.rpartition(":")
    return f"{shown(_named(name))}:{line}"


def line_at(place: str) -> str:
    """What the document says there."""
    name, _, line = place.rpartition(":")
    return Document.read(_named(name)).text[int(line) - 1].strip().removeprefix("- ")


def _named(name: str) -> Path:
    """The file of a place of a rule."""
    return ROOT / name if "/" in name else OPENAPI / name


def in_document(document: Document, *pointer: str | int) -> str:
    """`file:line` of a node of a published document."""
    return of_document(document.place(pointer))


def in_family(*pointer: str | int) -> str:
    return place(FAMILY, *pointer)


def operation_file(operation: Operation) -> Path:
    """The file that says what an operation is."""
    return Path(operation.file or FAMILY)


def in_profile(name: str, *pointer: str | int) -> str:
    """`file:line` in the profile's own file, or else in that of the profile that it extends."""
    path = profile_path(name)
    file = Document.read(path)
    if pointer in file.lines:
        return place(path, *pointer)
    return in_profile(file.tree["extends"], *pointer)


def in_question(name: str, *pointer: str | int) -> str:
    """`file:line` in the entry of a question."""
    ids = [entry["id"] for entry in Document.read(QUESTIONS).tree]
    return place(QUESTIONS, ids.index(name), *pointer)


def in_scenario(name: str, *pointer: str | int) -> str:
    return place(FIXTURES / "scenarios" / f"{name}.yaml", *pointer)


def describing(profile: str, operation: Operation) -> Document:
    """The document that describes an operation: its own file, the profile's, or that of the neighbours."""
    if operation.file:
        return Document.read(Path(operation.file))
    own = OPENAPI / profile_file(profile)["document"]
    others = sorted(OPENAPI.glob("*.openapi.yaml"))
    return next(each for each in map(Document.read, (own, *others)) if operation.path in each.at("paths"))


def profile_path(name: str) -> Path:
    return OPENAPI / "profiles" / f"{name}.yaml"


def profiles() -> list[Profile]:
    """All of them, read once."""
    return [_profile(name) for name in profile_names()]


@cache
def _profile(name: str) -> Profile:
    return Profile.read(name)


@cache
def family() -> Family:
    return Family.of(family_file())


@cache
def questions() -> Mapping[str, Question]:
    """The open questions by name, read once."""
    return Register.read().questions
