"""Who brings in value through others: the quality of an ambassador."""
