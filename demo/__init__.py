"""A believable community to try things on."""
