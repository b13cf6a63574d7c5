"""Checks a user's own receiver: sends it callbacks and judges its answers."""
