"""The command `suno-contract`, also run as `python -m contract_tests`; says how to install what it needs."""

import sys
from typing import Final, NoReturn

EXTRA: Final = frozenset({"aiohttp", "harfile", "hypothesis", "openapi_core", "pytest", "schemathesis"})
"""The modules of the extra `contract`, which suno-mock is installed without."""


def main() -> NoReturn:
    """Run the command with the process's arguments. Exit status 2 and one line where the extra is not installed."""
    try:
        from contract_tests.cli import main as run  # here: it imports modules of the extra
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        install = 'pip install "suno-mock[contract]"'
        print(f"suno-contract: {missing} is not installed. Install what the harness needs: {install}", file=sys.stderr)
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
