"""Records and rules of the business: pure values, no input or output."""
