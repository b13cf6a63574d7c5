"""Owed callbacks: their schedule, chains and attempts, delivery over HTTP, and where callbacks may go."""
