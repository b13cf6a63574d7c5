"""Servers apart from the mock, written from the documents' text alone: what the harness is tried on."""
