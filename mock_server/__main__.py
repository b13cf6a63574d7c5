"""`python -m mock_server` is the command `suno-mock`."""

from mock_server.commands.cli import main

main()
