"""Whose mail counts: loading the configured vendors, and discovering others."""
