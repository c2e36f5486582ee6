"""What a pharmacy needs: what changed, what to supply, what was supplied, what it asks."""
