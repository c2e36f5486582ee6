"""What units make up a dose exactly, and how a day's dose splits over its slots."""
