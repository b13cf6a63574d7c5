"""Clients of a running mock, and what the commands that use one share."""
