"""The server under test, and how it is spoken to: keys, budget, the journal of what was sent."""
