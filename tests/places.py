"""What stands where an explanation says so."""

from mock_server.contract.documents import ROOT


def line(place: str) -> str:
    """The line of a `file:line` of the checkout."""
    name, _, number = place.rpartition(":")
    return (ROOT / name).read_text("utf-8").splitlines()[int(number) - 1]
