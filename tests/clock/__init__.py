"""The clock: dates, timers, failures, what is swept."""
