"""Faults: servers that conform but for one thing, in families over fields, members, stages, codes, limits and keys."""
