"""The scripted local community, line by line."""
