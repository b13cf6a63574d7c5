"""How a request is served whose model the profile has not: by another profile of ours, or as another model. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_names

RULE_ENDS: Final = ".model.enum"
"""How the id of the rule ends that a model is one of those that are offered."""


def way_out(profile: Profile, model: object) -> str:
    """The profiles that know a model, and what to start the mock with; empty where none does, or where the profile took
    it away from one that it extends."""
    knowing = _offering().get(model, []) if isinstance(model, str) else []
    if not knowing or {*knowing} & {*profile.lineage}:
        return ""
    have = "have" if len(knowing) > 1 else "has"
    known = profile.known_models
    taken = [each for each in known.offered if each not in known.stands_for][-1]
    served = " or ".join(f"--profile {name}" for name in knowing)
    return f"{' and '.join(knowing)} {have} it: {served}, or here --model {model}={taken}"


@cache
def _offering() -> Mapping[str, list[str]]:
    """Our profiles by the models that they offer; read once, when a model is refused for the first time."""
    found: dict[str, list[str]] = {}
    for name in profile_names():
        for model in Profile.read(name).models:
            found.setdefault(model, []).append(name)
    return found
