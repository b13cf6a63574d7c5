"""What is remembered and where: the store and its engines, the journal, live settings, faults."""
