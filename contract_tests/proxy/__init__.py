"""The proxy between a client and a live server: it hands everything on, judges it, and records it."""
