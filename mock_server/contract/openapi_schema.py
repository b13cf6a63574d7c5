"""What an OpenAPI 3.0 document's schemas need before a validator of JSON Schema can read them. Pure."""

from typing import Any, Final

CAME: Final = "<what came>"
"""What stands in the validator's texts for the value."""


def resolved(document: dict[str, Any], node: Any) -> Any:
    """The node that a local reference means, or the node itself."""
    if isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found
    return node


def in_draft_4(node: Any) -> Any:
    """The node with its schemas in JSON Schema draft 4, which is OpenAPI 3.0's but has no `nullable`."""
    if isinstance(node, list):
        return [in_draft_4(each) for each in node]
    if not isinstance(node, dict):
        return node
    written = {name: in_draft_4(each) for name, each in node.items()}
    if written.pop("nullable", False) is not True:
        return written
    if "type" in written and "enum" not in written:
        return {**written, "type": [written["type"], "null"]}
    return {"anyOf": [written, {"type": "null"}]}
