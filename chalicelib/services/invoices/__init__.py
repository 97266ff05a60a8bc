"""What a person sees of, and changes in, their invoices."""
