"""Bytes and text to records: no network, no AWS, bounded in time and memory."""
