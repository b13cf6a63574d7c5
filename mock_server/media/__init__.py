"""Sound, cover and byte ranges of the tracks."""
