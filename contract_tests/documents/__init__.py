"""The published documents and the data beside them, as the harness reads them."""
