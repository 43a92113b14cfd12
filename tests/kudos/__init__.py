"""Thanks: given, limited, taken back, joined, counted."""
