"""Merges JSON Schemas into one, and remembers which schema each of its keywords is from. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Place = tuple[str | int, ...]
"""The keys and indexes that lead from a schema's root to a keyword."""


class Merged:
    """The one `schema`. Where two say something else of a keyword, both stay."""

    def __init__(self, schemas: Iterable[Mapping[str, Any]]) -> None:
        self.schema: dict[str, Any] = {}
        self._origins: dict[Place, list[int]] = {}
        self._branches: dict[str, Place] = {}
        for number, schema in enumerate(schemas):
            if "if" in schema:
                self._branch(schema, number)
            else:
                self._merge(self.schema, (), schema, number)

    def origins(self, place: Sequence[str | int], missing: str = "") -> Sequence[int]:
        """The numbers of the schemas that an error at a path is about; `missing` is what a `required` is for."""
        found = (*place, missing) if missing else tuple(place)
        while found not in self._origins:
            found = found[:-1]
        return self._origins[found]

    def _branch(self, schema: Mapping[str, Any], number: int) -> None:
        """Conditions that are the same are asked once."""
        condition = json.dumps(schema["if"])
        if condition not in self._branches:
            self._branches[condition] = self._apart(self.schema, (), {"if": schema["if"], "then": {}})
        place = self._branches[condition]
        self._merge(self.schema["allOf"][place[-1]]["then"], (*place, "then"), schema["then"], number)

    def _merge(self, whole: dict[str, Any], at: Place, part: Mapping[str, Any], number: int) -> None:
        if "if" in part and "if" in whole:
            return self._note(self._apart(whole, at, part), number)
        for keyword, value in part.items():
            if keyword == "required":
                whole["required"] = list(dict.fromkeys([*whole.get("required", ()), *value]))
                for name in value:
                    self._note((*at, keyword, name), number)
            elif keyword == "properties":
                for name, schema in value.items():
                    inner = whole.setdefault(keyword, {}).setdefault(name, {})
                    self._merge(inner, (*at, keyword, name), schema, number)
            elif keyword in whole:
                self._note(self._apart(whole, at, {keyword: value}), number)
            else:
                whole[keyword] = value
                self._note((*at, keyword), number)

    def _apart(self, whole: dict[str, Any], at: Place, part: Mapping[str, Any]) -> Place:
        """Have a part hold beside all others; its path."""
        beside = whole.setdefault("allOf", [])
        beside.append(part)
        return (*at, "allOf", len(beside) - 1)

    def _note(self, place: Place, number: int) -> None:
        self._origins.setdefault(place, []).append(number)
