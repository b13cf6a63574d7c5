"""The command `suno-contract`, also as `python -m contract_tests`: it says what to install where that is missing."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command, with the process's arguments. Exit status 2 without the extra `contract`."""
    try:
        from contract_tests.cli import main as run
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        if missing == __package__:
            raise
        way_out = "pip install 'suno-mock[contract]'"
        print(
            f"suno-contract: {missing} is not installed. What the checks need is installed by: {way_out}",
            file=sys.stderr,
        )
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
