"""Mutants: servers with one planted fault each. How many of them the harness finds tells what it is worth."""
