"""Receipts read by rules: labels, formats and the words around them."""
