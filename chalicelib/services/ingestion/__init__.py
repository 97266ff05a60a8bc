"""From an inbox to stored files: runs, what they search, what they keep, and how they end."""
