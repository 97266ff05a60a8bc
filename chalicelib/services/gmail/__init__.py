"""A person's grant at Google: connecting, renewing, watching, letting go."""
