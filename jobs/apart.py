"""Long computations in a process of their own, so that the one that serves people never stalls."""

import multiprocessing as mp
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

MOST_SECONDS = 600.0


class Stopped(RuntimeError):
    """The process that computed ended without an answer."""


def apart(work: Callable[..., Any], *args: Any, seconds: float = MOST_SECONDS) -> Any:
    """What `work` gives for these arguments; raises what it raises, `Stopped` when its process ends, `TimeoutError`.

    A new process each time: it leaves nothing behind, and its start (half a second) is small against what is done.
    """
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_answer, args=(theirs, work), daemon=True, name="apart")
    child.start()
    theirs.close()
    try:
        ours.send(args)
        if not ours.poll(seconds):
            raise TimeoutError(f"no answer within {seconds:g} s")
        value = ours.recv()
    except (EOFError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise Stopped(f"{work.__qualname__} stopped without an answer") from error
    finally:
        ours.close()
        child.kill()
        child.join()
    if isinstance(value, Exception):
        raise value
    return value


def _answer(pipe: Connection, work: Callable[..., Any]) -> None:
    """The child: answers once, and ends when nobody waits any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        pipe.send(_done(work, pipe.recv()))
    except (EOFError, OSError):
        return


def _done(work: Callable[..., Any], args: Any) -> Any:
    try:
        return work(*args)
    except Exception as error:
        return error
