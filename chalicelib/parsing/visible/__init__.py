"""HTML, plain text and bytes to what a person sees."""
