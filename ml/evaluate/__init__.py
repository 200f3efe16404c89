"""How good a ranking of effects is, with what uncertainty, and whether it may be used."""
