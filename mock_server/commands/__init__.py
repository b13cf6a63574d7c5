"""The commands of `suno-mock`, each in a module of its own, and what they share."""
