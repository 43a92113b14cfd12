"""What the scenarios of this folder have in common."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

AT_MOST, TO_LEAVE, SOON = 60, 20, 0.05


class Machine:
    """An empty folder with a database, in which processes run; those still running are ended with the test."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "manyhands.db"
        ours = ("SLACK_", "DISCORD_", "EMBEDDING_", "LOG_", "DATABASE_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.running = []

    def starts(self, *arguments, **env):
        command = (
            [sys.executable, *arguments] if arguments[0] == "-c" else [sys.executable, "-m", "manyhands", *arguments]
        )
        pipe = subprocess.PIPE
        made = subprocess.Popen(
            command, cwd=self.folder, env=self.env | env, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8"
        )
        self.running.append(made)
        return made

    def ended(self, *arguments, said="", **env):
        """A process that ended by itself: status, stdout, stderr."""
        process = self.starts(*arguments, **env)
        out, err = process.communicate(said, timeout=AT_MOST)
        return process.returncode, out, err

    def chat(self, *lines):
        status, out, err = self.ended("chat", said="\n".join(lines) + "\n")
        assert (status, err) == (0, "")
        return out

    def rows(self, query, *values):
        with closing(sqlite3.connect(self.file, timeout=AT_MOST)) as db, db:
            return db.execute(query, values).fetchall()

    def states(self):
        return [state for (state,) in self.rows("SELECT state FROM outbox WHERE channel = '#crowd' ORDER BY id")]

    def close(self):
        for one in self.running:
            one.kill()
            one.communicate()


def comes(is_so):
    """Waits for something that another process brings about."""
    end = time.monotonic() + AT_MOST
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(SOON)


def ps(*arguments):
    """What the system says about processes, a line each."""
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False).stdout.split()


def children(pid):
    """The processes that this one started."""
    return [int(one) for one in ps("-o", "pid=", "--ppid", str(pid))]


def leaves(process, number=signal.SIGTERM):
    """Asks a process to end, and waits until it has."""
    process.send_signal(number)
    out, err = process.communicate(timeout=TO_LEAVE)
    return process.returncode, out, err
