"""Where the target's callbacks arrive."""
