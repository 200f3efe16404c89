"""Published generations brought to where people use them: each target gets each generation once, whole."""
