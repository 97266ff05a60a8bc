"""From a stored file to a record: reading, asking a model, and what the outcome means for the document and its run."""
