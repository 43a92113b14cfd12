"""The courier: order, waiting, failures, living cards."""
