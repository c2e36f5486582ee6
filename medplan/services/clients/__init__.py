"""Other systems: who they are, what they sign, and what they ask before anything is stored."""
