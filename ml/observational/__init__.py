"""Comparisons of people who were chosen, not drawn: how alike they are, and how much a hidden cause could do."""
