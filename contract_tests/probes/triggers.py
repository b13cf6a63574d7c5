"""Triggers: ways to bring a target to a code that no request causes by itself, such as `402=key-env:EMPTY_KEY`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.documents.rules import CALLBACK
from contract_tests.probes.request import Expected, Probe

KINDS: Final = ("key-env", "audio", "header")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One way to a code. `code` is `429` for an answer, `callback-501` for a callback."""

    code: str
    kind: str
    value: str

    @classmethod
    def parse(cls, text: str) -> "Trigger":
        """The trigger of a text such as `404=audio:no-such-id`. Raises ValueError with the form and the kinds."""
        code, equals, way = text.partition("=")
        kind, colon, value = way.partition(":")
        number = code.removeprefix(CALLBACK)
        if not (equals and colon and value and kind in KINDS and number.isascii() and number.isdigit()):
            raise ValueError(
                f"{text!r} is not CODE=KIND:VALUE. Kinds: {', '.join(KINDS)}. Example: 404=audio:no-such-id."
            )
        if kind == "header" and "=" not in value:
            raise ValueError(f"{text!r} names no header's value. Example: 429=header:Prefer=code=429.")
        return cls(code=code, kind=kind, value=value)

    @property
    def number(self) -> int:
        return int(self.code.removeprefix(CALLBACK))

    def of_account(self, no_credits: int) -> bool:
        """Whether its value is the key of another account: one without credits is none of one that has some."""
        return self.kind == "key-env" and self.code == f"{no_credits}"

    @property
    def of_callback(self) -> bool:
        return self.code.startswith(CALLBACK)


def mock_triggers(published: Published) -> list[Trigger]:
    """Triggers of every documented failure for the mock, which takes the code from a Prefer header."""
    return [Trigger(code=code, kind="header", value=f"Prefer=scenario={code}") for code in published.failures]


def triggered(triggers: Iterable[Trigger], body: Mapping[str, Any]) -> Iterator[Probe]:
    """One probe per trigger: the documented request, with what brings the target to the code."""
    for trigger in triggers:
        sent = {**body, "audioId": trigger.value} if trigger.kind == "audio" else body
        name, _, value = trigger.value.partition("=")
        wanted = 200 if trigger.of_callback else trigger.number
        yield Probe(
            id=f"code.{trigger.code}",
            rule=f"code.{trigger.code}",
            says=f"{trigger.kind} {trigger.value}",
            expected=Expected(codes=frozenset({wanted})),
            body=json.dumps(sent).encode(),
            headers={name: value} if trigger.kind == "header" else {},
            key=trigger.value if trigger.kind == "key-env" else "own",
            fails=trigger.number if trigger.of_callback else None,
        )
