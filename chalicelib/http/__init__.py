"""The surface of the REST API: envelope, error table, request and response models."""
