"""What the scenarios of this folder have in common."""

QUIT = "quit\r"


def lines(*keys: str) -> list[str]:
    return [f"{key}\r" for key in keys]
