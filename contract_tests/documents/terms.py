"""What a profile says beside its document: where the API is asked, and the code of each kind of refusal. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.documents.files import load

FAMILY: Final = "openapi/family.yaml"
SUCCESS: Final = 200
STAGES: Final = ("text", "first", "complete")
NEEDED: Final = ("id", "audio_url", "audioUrl")
"""Members of a finished track without which nothing can be told of it: a profile must not change them."""
ASKED: Final = ("extend", "record-info")
"""Operations without which nothing can be tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`extend`, `record_info` and `credits` are paths; `statuses` those of a task that goes well, in order; `lost` the
    one when the last callback could not be delivered; `http` the status of HTTP by the envelope's code, where the
    profile says it; `members` what the profile's answers have beside code, msg and data. The others are the codes of
    refusals by their kind."""

    extend: str
    record_info: str
    credits: tuple[str, ...]
    statuses: tuple[str, ...]
    lost: str
    http: Mapping[int, int]
    members: Mapping[str, Any]
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
        entries, answers = family["operations"].items(), family.get("answers") or {}
        paths = {name: family["base_path"] + entry["path"] for name, entry in entries if "path" in entry}
        return cls(
            extend=paths["extend"],
            record_info=paths["record-info"],
            credits=tuple(path for name, path in paths.items() if name.endswith("-credit")),
            statuses=(family["pending"], *(family["stages"][stage]["status"] for stage in STAGES)),
            lost=family["lost"],
            http={int(code): status for code, status in answers.get("statuses", {}).items()},
            members=answers.get("members", {}),
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
    for kind in ("callbacks", "records"):
        members, without = track_members(profile, kind, "complete")
        for name in NEEDED:
            if name in (*members, *without):
                yield f"track_members.{kind}.complete with {name}"
    for name in ASKED:
        if name not in profile.get("serves", ASKED):
            yield f"serves without {name}"


def track_members(profile: Mapping[str, Any], kind: str, stage: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Members of tracks that a profile sets to a value, and those that it leaves out, in `callbacks` or `records`."""
    said = ((profile.get("track_members") or {}).get(kind) or {}).get(stage) or {}
    return said.get("members") or {}, tuple(said.get("without") or ())


DOCUMENTED: Final = Terms.of(load(FAMILY))
"""Those of the documents, which hold where a profile says nothing else."""
