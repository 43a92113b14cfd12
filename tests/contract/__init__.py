"""What holds for every command."""
