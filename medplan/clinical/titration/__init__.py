"""Going up: the exact levels, and their dated steps, each one a decision."""
