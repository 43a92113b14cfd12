"""What skills are called here."""
