"""Where the mock's own Python enforces a rule, reads a question or answers at a path. Found in its source. Pure."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from mock_server.contract.explain.explanation import Fact
from mock_server.contract.explain.places import INSTALLED
from mock_server.contract.operations import Operation
from mock_server.contract.profile_places import shown

PACKAGE: Final = Path(__file__).parents[2]
ANY: Final = "{}"
"""In place of what a text is filled with when it runs."""
RULE: Final = re.compile(r"({}|[a-z-]+)(\.[A-Za-z]+){1,2}")
OF_KIND: Final = "of kind"
REFUSES: Final = "Violation"
"""Every module that refuses a request for a rule contains this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or a method: its name, where it begins, and its tree."""

    name: str
    place: str
    tree: ast.FunctionDef | ast.AsyncFunctionDef

    def mentions(self) -> Sequence[str]:
        """Its texts, with ANY for what is filled in."""
        return _texts(self.tree)

    def reads(self, of: str, name: str) -> bool:
        """Whether it reads an attribute of what is called `of` there."""
        return any(_is_read(node, of, name) for node in ast.walk(self.tree))


def enforcing(rule: str) -> list[Function]:
    """The functions that refuse a request for a rule: those that name it whole, else those that fill in the
    operation."""
    functions = _functions(REFUSES)
    rest = rule.partition(".")[2]
    for text in (rule, f"{ANY}.{rest}"):
        if found := [each for each in functions if text in each.mentions()]:
            return found
    return []


def own_rules() -> list[str]:
    """What functions call the rules that they refuse for; ANY stands for an operation."""
    mentions = (text for each in _functions(REFUSES) for text in each.mentions())
    return list(dict.fromkeys(text for text in mentions if RULE.fullmatch(text)))


def reading(of: str, name: str) -> list[Function]:
    """The functions that read an attribute of what is called `of`, as `readings.first_items`."""
    return [each for each in _functions(f"{of}.{name}") if each.reads(of, name)]


def answering(operation: Operation) -> list[Function]:
    """The functions whose first line says that they answer at an operation's path; where none does, those that say it
    of every operation of its kind."""
    for said in (operation.path, f"{OF_KIND} {operation.kind}"):
        pattern = re.compile(rf"\s{re.escape(said)}(\s|$)")
        if found := [each for each in _functions(said) if pattern.search(_first_line(each.tree))]:
            return found
    return []


@cache
def _texts(tree: ast.AST) -> tuple[str, ...]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) if isinstance(part, ast.Constant) else ANY for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return tuple(found)


def _first_line(tree: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def called(name: str) -> list[Function]:
    """The functions that a table of their module has under a name, as `{"room": self._room}`."""
    return [
        each
        for text in _modules(f'"{name}": ')
        for each in text.functions
        if each.name.rpartition(".")[2] in _under(name, text.tree)
    ]


def facts(said: str, functions: list[Function]) -> list[Fact]:
    """Each function with its place, `said` before its name."""
    return [Fact(f"{said} {each.name}", (each.place,)) for each in functions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module of the mock: its tree, and its functions and methods."""

    tree: ast.Module
    functions: tuple[Function, ...]


def _functions(word: str) -> list[Function]:
    return [each for module in _modules(word) for each in module.functions]


@cache
def _modules(word: str) -> tuple[Module, ...]:
    """Those that have a word somewhere, but for these here, which only tell of them."""
    paths = sorted(PACKAGE.rglob("*.py"))
    texts = ((path, path.read_text("utf-8")) for path in paths if path.parent != Path(__file__).parent)
    return tuple(_module(path, ast.parse(text)) for path, text in texts if word in text)


def _module(path: Path, tree: ast.Module) -> Module:
    functions = (
        Function(name=name, place=f"{shown(path, INSTALLED)}:{each.lineno}", tree=each)
        for name, each in _defined(tree, "")
    )
    return Module(tree=tree, functions=tuple(functions))


def _under(name: str, tree: ast.Module) -> set[str]:
    """What the tables of a module have under a name, if it is an attribute."""
    tables = (node for node in ast.walk(tree) if isinstance(node, ast.Dict))
    pairs = (pair for table in tables for pair in zip(table.keys, table.values, strict=True))
    return {
        value.attr
        for key, value in pairs
        if isinstance(key, ast.Constant) and key.value == name and isinstance(value, ast.Attribute)
    }


def _defined(tree: ast.AST, within: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Functions and methods; what a function holds is its own."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{within}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _defined(node, f"{within}{node.name}.")


def _is_read(node: ast.AST, of: str, name: str) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr != name:
        return False
    return of in (getattr(node.value, "id", ""), getattr(node.value, "attr", ""))
