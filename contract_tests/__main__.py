"""`python -m contract_tests` is the command `suno-contract`."""

from contract_tests.cli import main

main()
