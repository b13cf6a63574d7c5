"""The mock in a thread, the receiver, and the pytest fixtures."""
