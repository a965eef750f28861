"""Events: what tools say. Accepted means on disk; what became of each one is kept."""
