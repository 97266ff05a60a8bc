"""What a person is told: new invoices, imports, due dates."""
