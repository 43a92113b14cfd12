"""What people write, read as what it means."""
