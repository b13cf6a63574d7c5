"""Writes out all that a profile says, each line with the file and line where it stands. Pure."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mock_server.contract.documents import OPENAPI, Document, Pointer
from mock_server.contract.operation_files import FOUND, OPERATIONS
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.profile import ANSWER_CODE, CALLBACK_CODE, code_texts
from mock_server.contract.profile_files import DOCUMENTS, MODELS, profile_path, read, resolved
from mock_server.contract.profile_places import files, place_in, shown
from mock_server.contract.rule_source import models, request_pointer
from mock_server.core.text import printable


def own_lines(text: str) -> Iterator[str]:
    """What the profile's own file says. Raises BadSetting."""
    path = profile_path(text)
    for pointer, value in _leaves(read(path), ()):
        yield _line(pointer, value, str(place_in((path,), *pointer)))


def all_lines(text: str) -> Iterator[str]:
    """What holds under a profile: its own lines, those of what it extends, of its documents, and the family's. Raises
    BadSetting."""
    tree, paths = resolved(text), files(text)
    for pointer, value in _leaves(tree, ()):
        if not (pointer[0] == OPERATIONS and pointer[-1] in FOUND):
            yield _line(pointer, value, str(place_in(paths, *pointer)))
    document, callbacks = (OPENAPI / tree[key] for key in DOCUMENTS)
    yield from _of_document(tree, "codes", document, ANSWER_CODE)
    yield from _of_document(tree, "callback_codes", callbacks, CALLBACK_CODE)
    enum = (*request_pointer(operations()[EXTEND]), "properties", "model", "enum")
    for number, model in enumerate(models(Document.read(document))):
        if model not in tree.get(MODELS, {}):
            yield _line((MODELS, model), "as the document offers it", _place(document, (*enum, number)))


def _of_document(tree: Mapping[str, Any], key: str, path: Path, pointer: Pointer) -> Iterator[str]:
    """The codes that the document has a text for, and the profile none of its own."""
    for code, text in code_texts(Document.read(path), pointer).items():
        if code not in tree.get(key, {}):
            yield _line((key, code), text, _place(path, (*pointer, "description")))


def _place(path: Path, pointer: Pointer) -> str:
    return f"{shown(path)}:{Document.read(path).lines[pointer]}"


def _leaves(tree: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Any]]:
    """Each value that is no mapping, and the keys that lead to it."""
    if not isinstance(tree, dict) or not tree:
        yield pointer, tree
        return
    for key, value in tree.items():
        yield from _leaves(value, (*pointer, key))


def _line(pointer: Pointer, value: Any, place: str) -> str:
    said = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)
    return printable(f"{'.'.join(map(str, pointer))}: {said}  ({place})")
