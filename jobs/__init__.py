"""What happens by itself: the clock, the courier, the encoder."""
