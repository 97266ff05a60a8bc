"""PDFs: their words and text, read in a child process with bounds."""
