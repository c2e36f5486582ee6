"""Which groups a patient belongs to, and what is taken already."""
