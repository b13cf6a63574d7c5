"""Programs of other languages that send what their clients send, as far as the clients are here."""
