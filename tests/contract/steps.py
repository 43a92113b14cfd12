"""What the scenarios of this folder have in common."""

from bot import features
from bot.ctx import Request, Who
from bot.ui import from_json, to_json

CATALOGUE = features.catalogue()


COMMANDS = list(CATALOGUE.commands.values())


SAID = [one for one in COMMANDS if not one.timer]


ADMIN = Who("admin", "admin", admin=True)


def asks(house, line, speaker=ADMIN, **values):
    """One request of a person, without delivering what it causes."""
    request = Request(f"c{next(house.ids)}", house.place.id, speaker, line, house.now, values, "#general")
    return house.app.handle(request).reply


def is_fine(house, reply, silent=False):
    """The bot answers in words, it is not its own fault, and the answer can be shown and stored."""
    if reply is None:
        return silent
    words = house.reads(reply)
    return bool(words.strip()) and "Something broke on my side" not in words and from_json(to_json(reply)) == reply


def by_name(one):
    return one.name.replace(" ", "-") if hasattr(one, "params") else getattr(one, "name", str(one))


def deals(made):
    """What ana and ben have to do with one another."""
    made.says("ben", "skill claim Python expert")
    made.says("ana", "kudos give @ben for the long docs")
    made.says("ana", 'opportunity post "Data pipeline" Ten sensors, one dashboard')
    made.says("ben", "opportunity interest o1")
    made.says("ana", "intro ask someone who can help who:@ben")
