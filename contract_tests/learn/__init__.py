"""What a run has observed, as a profile that the mock plays."""
