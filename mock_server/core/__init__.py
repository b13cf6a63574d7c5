"""What every room may use: errors and their texts, the clock, settings, seeded ids, addresses."""
