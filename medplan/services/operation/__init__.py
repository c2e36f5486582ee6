"""What an operator sees and does: readiness, counts, retention, a demo, a new formulary."""
