"""Installing into, and removing from, the programs that call our hooks."""
