"""What can be done to a running mock, and its routes under `/__admin`."""
