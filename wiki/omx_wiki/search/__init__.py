"""Search over pages: analysis, a disposable index, ranked queries."""
