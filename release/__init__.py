"""A release by one command: `python -m release VERSION`."""
