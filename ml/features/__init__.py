"""Features: pure functions of marts and decision instants, the same path for training and scoring."""
