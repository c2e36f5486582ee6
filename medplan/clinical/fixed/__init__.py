"""One daily dose held for some days, and the prescriber's own table of such doses."""
