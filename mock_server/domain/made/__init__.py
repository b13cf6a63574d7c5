"""What single operations make, one module each."""
