"""The OpenAPI document of what one profile serves: its published document, and its neighbours from the family's."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.operations import Operation
from mock_server.contract.profile_files import profile_file

FAMILY: Final = OPENAPI / "family.openapi.yaml"
UPLOADS: Final = OPENAPI / "uploads.openapi.yaml"


def api_document(profile: str, served: Mapping[str, Operation], base_url: str) -> dict[str, Any]:
    """The document of a profile that serves these operations at `base_url`.

    What the provider published comes as it is, but for `servers`. The operations that it does not describe are those of
    `openapi/family.openapi.yaml` and of the operations' own files, which say where each of their statements is from.
    """
    file = profile_file(profile)
    published = Document.read(OPENAPI / file["document"]).tree
    files = dict.fromkeys(Path(each.file) for each in served.values() if each.file)
    ours = [Document.read(file).tree for file in (FAMILY, *files)]
    paths = {each.documented: each.path for each in served.values()}
    neighbours = {path: item for each in ours for path, item in each["paths"].items() if path in paths}
    described = {**published["paths"], **neighbours}
    if uploads := file.get("uploads"):
        taking = Document.read(UPLOADS).tree
        ours.append(taking)
        described |= _at_own_paths(taking["paths"], uploads)
    parts = [*(each.get("components", {}) for each in ours), published["components"]]
    kinds = {kind: None for part in parts for kind in part}
    for each in served.values():
        if each.properties:
            described[each.documented] = _with_properties(described[each.documented], each)
    return {
        **published,
        "servers": [{"url": base_url, "description": f"suno-mock, profile {profile}"}],
        "paths": {paths.get(path, path): item for path, item in described.items()},
        "components": {
            kind: {name: each for part in parts for name, each in part.get(kind, {}).items()} for kind in kinds
        },
    }


def _at_own_paths(described: Mapping[str, Any], uploads: Mapping[str, Any]) -> dict[str, Any]:
    """The upload of files at the paths of a profile: `file-stream-upload` is that of `stream`."""
    ways = {each["post"]["operationId"].split("-")[1]: each for each in described.values()}
    return {uploads[way]: item for way, item in ways.items()}


def _with_properties(item: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """What describes a path, with the properties that the profile adds to its request."""
    changed: dict[str, Any] = deepcopy({**item})
    content = changed[operation.method.lower()]["requestBody"]["content"]
    content["application/json"]["schema"]["properties"].update(operation.properties)
    return changed
