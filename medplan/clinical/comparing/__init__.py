"""How plans differ: side by side, from one revision to the next, by another formulary."""
