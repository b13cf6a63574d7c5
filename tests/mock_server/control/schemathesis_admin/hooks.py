"""Hooks for Schemathesis: nothing is waited for, callbacks stay on this machine, and names are ones that exist.

Loaded by its path (SCHEMATHESIS_HOOKS) in the process that `test_admin_document` starts, never in the suite's own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import schemathesis

CLOSED: Final = "http://127.0.0.1:9/callback"
"""A receiver that nobody is."""
NAMES: Final[Mapping[tuple[str, str], Sequence[Any]]] = {
    ("wait", "within"): [0.05],
    ("put_fault", "delay"): [0],
    ("trigger", "to"): [CLOSED],
    ("trigger", "scenario"): ["200", "callback-501", "mock-late"],
    ("trigger", "request"): [{}, {"title": "Longer"}],
    ("queue", "scenario"): ["402", "mock-late"],
    ("change_account", "rate_limit"): ["", "20/10"],
    ("change_settings", "rate_limit"): ["", "20/10"],
    ("add_track", "model"): ["V4", "V5"],
}
"""By operation and field: what a value of the right type is replaced by, since the document does not say which ones
are there, or any would take long."""
READINGS: Final[Sequence[Mapping[str, str]]] = [{"first_items": "both"}, {"refusal_status": "vary"}, {}]
LONG: Final = {str(seconds) for seconds in range(1, 61)}
"""What `within` may be in a query."""
BOUNDED: Final = ("within", "delay")
"""Fields whose default would take long."""


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Any, kwargs: dict[str, Any]) -> None:
    """Change what is sent, where it is of the right shape."""
    if isinstance(case.query, dict) and str(case.query.get("within")) in LONG:
        case.query["within"] = 0
    if not isinstance(case.body, dict):
        return
    operation = case.operation.definition.raw["operationId"]
    if operation == "change_questions" and all(isinstance(value, str) for value in case.body.values()):
        case.body = dict(_one_of(READINGS, case.body))
    if operation == "put_fault" and not {"answer", "delay"} & set(case.body):
        case.body.pop("times", None)  # a fault that does nothing has no number of requests
    if operation == "put_fault" and case.body.get("answer") != "status":
        case.body.pop("status", None)  # only a gateway's page has one
    for (of, field), values in NAMES.items():
        came = case.body.get(field, values[0] if field in BOUNDED else None)
        if of == operation and _kind(came) == _kind(values[0]):
            case.body[field] = _one_of(values, came)


def _one_of(values: Sequence[Any], came: Any) -> Any:
    """The same one for the same value."""
    return values[len(str(came)) % len(values)]


def _kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
