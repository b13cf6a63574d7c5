"""Servers with one fault each, planted into one that conforms: what a harness is worth is how many of them it finds."""
