"""What must hold at each gate: one file a gate, declarations only, every limit with its reason."""
