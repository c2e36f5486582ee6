"""What a patient holds: links to their pages, what they noticed, their data and its erasure."""
