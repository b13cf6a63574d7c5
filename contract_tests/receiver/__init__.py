"""The receiver of the target's callbacks."""
