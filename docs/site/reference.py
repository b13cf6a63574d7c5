"""The reference pages, made from what they are about: the documents, the commands, the data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import click

from contract_tests.cli import cli as contract
from mock_server.commands.cli import cli
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.explain.rules import code_of, known
from mock_server.contract.openapi_schema import resolved
from mock_server.contract.profile_files import picked
from mock_server.contract.questions import Question, Register
from mock_server.contract.scenarios import Scenarios, cause

METHODS: Final = ("get", "post", "put", "patch", "delete")


def pages() -> Mapping[str, str]:
    """Every reference page, by its path on the site."""
    made = {
        "commands": commands(),
        "control-plane": control_plane(load(OPENAPI / "admin.openapi.yaml")),
        "scenarios": scenarios(),
        "rules": rules(),
        "questions": questions(),
    }
    return {f"reference/{name}.md": "\n".join(lines) + "\n" for name, lines in made.items()}


def commands() -> Iterator[str]:
    """What `--help` prints of every command."""
    yield "# Commands"
    for program, root in (("suno-mock", cli), ("suno-contract", contract)):
        yield from ("", f"## {program}")
        for name, command in _commands(program, root):
            with click.Context(command, info_name=name, terminal_width=100, max_content_width=100) as context:
                yield from ("", f"### {name}", "", "```", command.get_help(context), "```")


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, each by what one types."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            if below is not None and not below.hidden:
                yield from _commands(f"{name} {each}", below)


def control_plane(document: dict[str, Any]) -> Iterator[str]:
    """Every call of an OpenAPI document: what it takes and what it answers."""
    yield from ("# Calls of the control plane", "", _line(document["info"]["description"]))
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield from ("", f"## {method.upper()} {path}", "", _line(item[method]["summary"]))
                yield from _call(document, item[method])


def _call(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    parameters = [resolved(document, each) for each in operation.get("parameters", ())]
    if parameters:
        rows = [(each["name"], each["in"], each["schema"], each.get("description", "")) for each in parameters]
        yield from _table(
            ("parameter", "in", "what", ""),
            [(f"`{name}`", of, _type(document, schema), said) for name, of, schema, said in rows],
        )
    body = resolved(document, operation.get("requestBody", {}))
    if body:
        schema = resolved(document, body["content"]["application/json"]["schema"])
        needed = schema.get("required", ())
        yield from _table(
            ("field of the body", "what", ""),
            [
                (f"`{name}`" + (", required" if name in needed else ""), _type(document, each), _said(document, each))
                for name, each in schema.get("properties", {}).items()
            ]
            or [("any name", _type(document, schema.get("additionalProperties") or {}), "")],
        )
    answers = {status: resolved(document, each) for status, each in operation["responses"].items()}
    yield from _table(("status", "when"), [(status, each["description"]) for status, each in answers.items()])


def scenarios() -> Iterator[str]:
    """Every scenario with its triggers."""
    yield from ("# Scenarios", "", "`suno-mock explain NAME` has what the documents say of one, with file and line.")
    yield from _table(
        ("scenario", "what happens", "by itself", "on demand"),
        [(f"`{each.name}`", each.summary, cause(each), _codes(each.triggers())) for each in Scenarios.read()],
    )


def rules() -> Iterator[str]:
    """Every rule of a request, of every profile."""
    yield from ("# Rules", "", "What a request has to keep, where it stands, and the code of who breaks it.")
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in known():
        together.setdefault((each.rule.id, each.allowed, each.said), []).append(each.profile)
    yield from _table(
        ("rule", "allowed", "stands in", "profiles", "code"),
        [
            (f"`{rule}`", allowed, f"`{said}`", ", ".join(profiles), str(code_of(rule)))
            for (rule, allowed, said), profiles in together.items()
        ],
    )


def questions() -> Iterator[str]:
    """Every open question, with its readings and sources."""
    yield from ("# Questions", "", "What the documents leave open, and what each profile picks.")
    for question in Register.read().questions.values():
        yield from ("", f"## {question.id}", "", f"{question.question} It is decided by {question.decided_by}.")
        yield from _table(
            ("reading", "says", "picked by"),
            [(f"`{each.name}`", each.says, _picked(question, each.name)) for each in question.readings.values()],
        )
        yield from ("", "Sources:", "", *(f"- {_cell(source)}" for source in question.sources))


def _picked(question: Question, reading: str) -> str:
    return ", ".join(profile for profile, name in picked(question.id).items() if name == reading)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from ("", f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |")
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|").replace("<", "&lt;")


def _line(text: str) -> str:
    return " ".join(text.split())


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in texts)


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """What values a schema allows, in a few words."""
    schema = resolved(document, schema)
    if "enum" in schema:
        return _codes(map(str, schema["enum"]))
    bounds = {"minimum": "from {}", "maximum": "to {}", "default": "by default {}"}
    limits = [text.format(schema[name]) for name, text in bounds.items() if name in schema]
    return " ".join([schema.get("type", "anything"), *limits])


def _said(document: dict[str, Any], schema: dict[str, Any]) -> str:
    said: str = resolved(document, schema).get("description", "")
    return said
