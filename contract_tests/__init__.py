"""The contract harness: what a server of this API must do, told from outside. It never imports the mock's internals."""
