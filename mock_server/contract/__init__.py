"""The documents as data: profiles, questions, rules with their places, the compiled body validator, scenarios."""
