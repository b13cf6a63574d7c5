"""The contract harness: sends a server of this API requests and judges its answers and callbacks by the documents.

It reads the same data as the mock, and never imports it.
"""
