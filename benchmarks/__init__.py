"""What is measured, and against which limit."""
