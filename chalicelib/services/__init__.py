"""Use cases, one a module. Adapters reach them as arguments; nothing here knows Chalice, boto3 or Google."""
