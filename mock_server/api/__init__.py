"""The provider's endpoints, one file per operation, and the checks that they have in common."""
