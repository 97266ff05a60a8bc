"""What people do with their account: sign up, log in, set preferences, export, leave."""
