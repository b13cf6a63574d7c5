"""The provider's endpoints, one file per operation, and the checks common to all."""
