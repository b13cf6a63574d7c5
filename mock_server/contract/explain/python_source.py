"""Where the mock's own Python enforces a rule, reads a question or answers at a path. Found in its source. Pure."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from mock_server.contract.explain.explanation import Fact
from mock_server.contract.explain.places import shown

PACKAGE: Final = Path(__file__).parents[2]
ANY: Final = "{}"
"""In place of what a text is filled with when it runs."""
RULE: Final = re.compile(r"({}|[a-z-]+)(\.[A-Za-z]+){1,2}")
REFUSES: Final = "Violation"
"""Every module that refuses a request for a rule contains this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or a method: its name, where it begins, and its tree."""

    name: str
    place: str
    tree: ast.FunctionDef | ast.AsyncFunctionDef

    def mentions(self) -> Iterator[str]:
        """Its texts, with ANY for what is filled in."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else ANY for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value

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


def answering(path: str) -> list[Function]:
    """The functions whose first line says that they answer at a path."""
    said = re.compile(rf"\b(GET|POST)\b.*\s{re.escape(path)}(\s|$)")
    return [each for each in _functions(path) if said.search((ast.get_docstring(each.tree) or "").partition("\n")[0])]


def facts(said: str, functions: list[Function]) -> list[Fact]:
    """Each function with its place, `said` before its name."""
    return [Fact(f"{said} {each.name}", (each.place,)) for each in functions]


@cache
def _functions(word: str) -> tuple[Function, ...]:
    """Those of all modules that have a word somewhere, but for these here, which only tell of them."""
    paths = sorted(PACKAGE.rglob("*.py"))
    texts = ((path, path.read_text("utf-8")) for path in paths if path.parent != Path(__file__).parent)
    return tuple(
        Function(name=name, place=f"{shown(path)}:{tree.lineno}", tree=tree)
        for path, text in texts
        if word in text
        for name, tree in _defined(ast.parse(text), "")
    )


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
