"""Who fits a need, and why."""
