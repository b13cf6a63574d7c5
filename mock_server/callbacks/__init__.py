"""Owed callbacks: when they are attempted, how many at once, delivery over HTTP, and where callbacks may go."""
