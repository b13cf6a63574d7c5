"""Somebody who has the page of examples and does what it says."""
