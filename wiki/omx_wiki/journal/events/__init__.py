"""Sessions of hosts that do not say where their transcript is: found, or kept as the events hooks told of."""
