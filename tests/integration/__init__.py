"""The whole way, as its user runs it."""
