"""`suno-contract` within this process."""

import pytest

from contract_tests.cli import main


def status(*arguments: str) -> int:
    """The exit status of a command."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code
