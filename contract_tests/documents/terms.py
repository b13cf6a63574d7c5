"""What a profile says beside its document: where the API is asked, and the code of each kind of refusal. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.documents.files import load

FAMILY: Final = "openapi/family.yaml"
SUCCESS: Final = 200
UNREAD: Final = (
    *((key,) for key in ("pending", "lost", "track_members")),
    *(("answers", key) for key in ("members", "statuses")),
    *(("stages", stage, "status") for stage in ("text", "first", "complete")),
)
"""Entries of a profile that decide what a server does, and that nobody reads here: they must be the family's."""
ASKED: Final = ("extend", "record-info")
"""Operations without which nothing can be tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`extend`, `record_info` and `credits` are paths, the others the codes of refusals by their kind."""

    extend: str
    record_info: str
    credits: tuple[str, ...]
    unauthorized: int
    no_credits: int
    not_found: int
    exists: int
    invalid: int
    rate: int
    maintenance: int
    failed: int

    @classmethod
    def of(cls, family: Mapping[str, Any]) -> "Terms":
        """Of the family's data, and what a profile lays over it. Raises LookupError for what cannot be judged by."""
        for name, code in family["refusals"].items():
            if code == SUCCESS:
                raise LookupError(
                    f"refusals.{name} is {SUCCESS}, which an accepted request gets: no refusal can be told."
                )
        entries = family["operations"].items()
        paths = {name: family["base_path"] + entry["path"] for name, entry in entries if "path" in entry}
        return cls(
            extend=paths["extend"],
            record_info=paths["record-info"],
            credits=tuple(path for name, path in paths.items() if name.endswith("-credit")),
            **family["refusals"],
        )

    @property
    def of_every_request(self) -> set[int]:
        """The codes of a state of the target that a poll meets as well."""
        return {self.unauthorized, self.rate, self.maintenance}

    @property
    def errors(self) -> set[int]:
        """The codes and statuses that tell of a fault of the server, and of no refusal."""
        return {500, self.failed} - {self.unauthorized, self.not_found, self.exists, self.invalid}


def unread(profile: Mapping[str, Any]) -> Iterator[str]:
    """What a profile says that the harness does not read, in words."""
    family = load(FAMILY)
    for keys in UNREAD:
        said, known = _at(profile, keys), _at(family, keys)
        if said not in (None, known):
            yield f"{'.'.join(keys)}: {said}"
    for name in ASKED:
        if name not in profile.get("serves", ASKED):
            yield f"serves without {name}"


def _at(tree: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        tree = tree.get(key) or {}
    return tree or None


DOCUMENTED: Final = Terms.of(load(FAMILY))
"""Those of the documents, which hold where a profile says nothing else."""
