"""Calendar feeds: their links, the bytes kept for them, and when each was last fetched."""
