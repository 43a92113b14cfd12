"""What was committed to SQLite survives a power cut before anybody hears of it; who commits together waits together.

SQLite itself would wait for the disk at each commit (`synchronous=FULL`), holding up every other writer meanwhile. Its
log (WAL) is one file that only grows until all of it is safe in the database: one wait serves every commit before it.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from storage.trouble import Unwritable

_to_disk: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)  # not every system has the quicker one


class Flush:
    """One wait for the disk at a time: whoever comes meanwhile shares the next one."""

    def __init__(self, flush: Callable[[], None]) -> None:
        self.flush = flush
        self.turn = threading.Condition()
        self.begun = self.done = 0
        self.is_going = False

    def wait(self) -> None:
        """Returns after a flush that began later than this call."""
        with self.turn:
            wanted = self.begun + 1
            while self.done < wanted:
                if self.is_going:
                    self.turn.wait()
                else:
                    self._lead()

    def _lead(self) -> None:
        """Flushes for all who wait; a flush that fails is tried anew by the next of them."""
        self.begun += 1
        number, self.is_going = self.begun, True
        self.turn.release()
        try:
            self.flush()
        except BaseException:
            number = self.done
            raise
        finally:
            self.turn.acquire()
            self.done, self.is_going = number, False
            self.turn.notify_all()


_flushes: dict[str, Flush] = {}


def keep(engine: Engine) -> None:
    """Returns when everything that was committed to this SQLite database so far is on disk; raises `Unwritable`."""
    if not (file := engine.url.database):
        return
    _flushes.setdefault(file, Flush(lambda: _flush(Path(f"{file}-wal")))).wait()


def _flush(log: Path) -> None:
    """A log that is gone or begun anew is safe in the database already."""
    try:
        opened = os.open(log, os.O_RDWR)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unwritable(str(error)) from error
    try:
        _to_disk(opened)
    except OSError as error:
        raise Unwritable(str(error)) from error
    finally:
        os.close(opened)
