"""What the collective's bot promises, as scenarios."""
