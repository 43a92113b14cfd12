"""Standing as a graph of voices."""
