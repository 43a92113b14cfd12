"""The weekly digest: when it comes, what it says, whom it writes to."""
