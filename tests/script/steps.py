"""What the scenarios of this folder have in common."""

import asyncio
from io import StringIO

from adapters.local.session import Session, run_script
from bot.carriage import Parcel
from bot.text import Plain
from bot.ui import Actions, Button, Card
from jobs.courier import Courier

START = "now: 2026-11-30T09:00"


class Sitting:
    """A session whose output and errors can be read."""

    def __init__(self, world):
        self.world, self.out, self.err = world, StringIO(), StringIO()
        world.app.welcome = lambda _ctx: None
        self.courier = Courier(world.engine, {})
        self.session = Session(world.app, world.place, self.drain, self.out)
        self.courier.carriers = {"local": self.session}

    def drain(self, now):
        while self.world.clock.tick(now) + asyncio.run(self.courier.drain(now)):
            continue

    def plays(self, *lines):
        """The printed lines of a script, and its exit status."""
        at = self.out.tell()
        status = run_script(self.session, lines, self.err)
        self.out.seek(at)
        return self.out.read().splitlines(), status


def card_of(*buttons, key=""):
    return Card((Plain("Choose"),), (Actions(tuple(Button(*one) for one in buttons)),), key)


def shows(sitting, card, to=()):
    parcel = Parcel(1, sitting.world.place, card, "" if to else "#general", to, {})
    asyncio.run(sitting.session.carry(parcel))
