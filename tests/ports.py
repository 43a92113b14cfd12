"""Ports for processes that bind them later, out of the way of whatever asks the system for any port."""

import itertools
import os
import socket
from contextlib import suppress

LOWEST, HIGHEST = 10_000, 32_000  # below the range from which Linux gives ports away
_next = itertools.count(os.getpid() * 7919)


def free_port(*beside: int) -> int:
    """A port that nobody has, nor the one after it, nor those so far `beside` it; another process of tests begins its
    search elsewhere."""
    for number in _next:
        port = LOWEST + number * 2 % (HIGHEST - LOWEST)
        if all(_is_free(port + away) for away in (0, 1, *beside)):
            return port
    raise AssertionError("no end of numbers")


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.socket() as one:
        one.bind(("127.0.0.1", port))
        return True
    return False
