"""What the Schemathesis process that `test_admin_document` starts is told."""
