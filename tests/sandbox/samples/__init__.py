"""Documents of fictional people and companies, drawn by our own code, for tests and the demo's mailbox."""
