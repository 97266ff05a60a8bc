"""schema.org markup in mails: reading JSON-LD and microdata, and what it says of a purchase."""
