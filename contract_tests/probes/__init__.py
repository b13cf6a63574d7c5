"""What is sent: requests, each with what the documents say of its answer."""
