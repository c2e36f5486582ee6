"""What a prescriber does with a plan: issues it, changes it, ends it. Each act makes a revision."""
