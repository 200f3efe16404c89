"""Learners of the effect of contact: one small module each, one interface (base.py)."""
