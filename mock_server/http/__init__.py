"""Bytes to a call, and an answer to bytes. The only room that knows the server."""
