"""Swedish rental notices."""
