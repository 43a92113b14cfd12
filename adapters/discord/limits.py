"""Discord's limits on what may be sent, so that what overflows does so where people see it, and how text is measured.

Discord counts code points, its clients UTF-16 code units; the larger of the two is what `units` tells.
"""

from bot.text import clamp

# https://docs.discord.com/developers/resources/message
CONTENT = 2000
EMBEDS = 10
EMBEDDED = 6000
TITLE = 256
DESCRIPTION = 4096
FIELDS = 25
FIELD_NAME = 256
FIELD = 1024
IMAGES = 10
ALT = 1024
PINGS = 100

# https://docs.discord.com/developers/components/reference
ROWS = 5
BUTTONS = 5
LABEL = 80
CUSTOM_ID = 100
OPTIONS = 25
OPTION = 100
PLACEHOLDER = 100
MODAL_TITLE = 45
QUESTIONS = 5
QUESTION = 45
HINT = 100
INPUT = 4000
SELECTED = 25

# https://docs.discord.com/developers/interactions/application-commands
COMMANDS = 100
MENUS = 5
SUBCOMMANDS = 25
COMMAND = 8000
NAME = 32
ABOUT = 100
CHOICE = 100
TYPED = 6000
THREAD = 100

# Ours: longer addresses and labels of links are written out instead.
LINK = 500
LINK_LABEL = 100
LINK_HOST = 100


def units(text: str) -> int:
    """The UTF-16 code units of a text, which are never fewer than its code points."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, longest: int) -> str:
    """Visibly shortened to at most `longest` UTF-16 code units, between whole letters and emoji."""
    room = longest
    while units(found := clamp(text, room)) > longest:
        room -= max(1, (units(found) - longest) // 2)
    return found
