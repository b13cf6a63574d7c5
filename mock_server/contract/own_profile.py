"""Checks a profile of somebody's own before it is used; ours were tried before. Pure."""

from collections.abc import Mapping

from mock_server.contract.operations import Operation, operations_of
from mock_server.contract.profile_files import chain, is_packaged, resolved


def check_own(profile: str) -> None:
    """Raise BadSetting for a profile of somebody's own that cannot be served."""
    if not all(map(is_packaged, chain(profile))):
        from mock_server.contract.profile_check import check  # what ours would load for nothing

        check(profile)


def served(profile: str) -> Mapping[str, Operation]:
    """All endpoints as a profile has them, by name. Raises BadSetting for one that cannot be served."""
    check_own(profile)
    return operations_of(resolved(profile))
