"""The command core: every rule of the collective, and no platform."""
