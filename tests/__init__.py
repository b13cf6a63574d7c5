"""White-box tests of mock_server, one file per module, and journeys over real sockets."""
