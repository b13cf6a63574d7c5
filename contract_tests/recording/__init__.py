"""What passed between a client, a server and a receiver, as a file: docs/live.md."""
