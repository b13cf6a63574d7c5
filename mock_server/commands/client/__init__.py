"""Commands that speak to a running mock."""
