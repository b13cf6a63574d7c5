"""A store that several processes share: each holds all of it in memory, and what one changes the others read."""
