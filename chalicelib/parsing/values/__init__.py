"""Amounts, currencies, dates, names and numbers in the spellings of many countries."""
