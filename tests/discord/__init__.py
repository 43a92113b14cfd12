"""Discord, over the wire and on paper."""
