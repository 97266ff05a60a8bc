"""What a record states must stand in its document."""
