"""Plans as they are kept: drafted, found, read, and told in other shapes."""
