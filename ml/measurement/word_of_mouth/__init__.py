"""Offline reach: how many people members told, whom these told again, and how many different people that is."""
