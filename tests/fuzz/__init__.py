"""Requests made up from the OpenAPI document, by schemathesis, against a sandbox (``make fuzz``)."""
