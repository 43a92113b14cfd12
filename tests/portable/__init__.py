"""Standing that is carried away, signed."""
