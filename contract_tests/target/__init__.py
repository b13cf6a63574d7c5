"""The server under test: its client, its keys, the budget, and the journal of what was sent."""
