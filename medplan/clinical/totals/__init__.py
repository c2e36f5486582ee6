"""What a whole plan adds up to: units to supply, and the day's opioid load."""
