"""What became of earlier scores."""
