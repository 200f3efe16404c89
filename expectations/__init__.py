"""Gates: what must hold at each seam of the run. The only package that imports great_expectations."""
