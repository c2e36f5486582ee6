"""Stored plans as somebody wants to see them: on paper, as a file, in a list of what waits."""
