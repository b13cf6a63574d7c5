"""The OpenAPI document of what one profile serves: its published document, and its neighbours from the family's."""

from collections.abc import Mapping
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, Document
from mock_server.contract.operations import Operation
from mock_server.contract.profile_files import profile_file

FAMILY: Final = OPENAPI / "family.openapi.yaml"


def api_document(profile: str, served: Mapping[str, Operation], base_url: str) -> dict[str, Any]:
    """The document of a profile that serves these operations at `base_url`.

    What the provider published comes as it is, but for `servers`. The operations that it does not describe are those of
    `openapi/family.openapi.yaml`, which says where each of its statements is from.
    """
    published = Document.read(OPENAPI / profile_file(profile)["document"]).tree
    family = Document.read(FAMILY).tree
    paths = {each.documented: each.path for each in served.values()}
    neighbours = {path: item for path, item in family["paths"].items() if path in paths}
    described = {**published["paths"], **neighbours}
    kinds = {**family["components"], **published["components"]}
    return {
        **published,
        "servers": [{"url": base_url, "description": f"suno-mock, profile {profile}"}],
        "paths": {paths.get(path, path): item for path, item in described.items()},
        "components": {
            kind: {**family["components"].get(kind, {}), **published["components"].get(kind, {})} for kind in kinds
        },
    }
