"""Coming down: the exact arithmetic, its dated steps, and how far each cut falls."""
