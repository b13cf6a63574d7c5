"""The pytest suites that `pytest contract_tests` runs."""
