"""Checks a profile of somebody's own before it is used; ours were tried before. Pure."""

from mock_server.contract.profile_files import chain, is_packaged


def check_own(profile: str) -> None:
    """Raise BadSetting for a profile of somebody's own that cannot be served."""
    if not all(map(is_packaged, chain(profile))):
        from mock_server.contract.profile_check import check  # what ours would load for nothing

        check(profile)
