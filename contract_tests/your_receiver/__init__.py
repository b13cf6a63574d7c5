"""The other direction: callbacks sent to the user's own receiver."""
