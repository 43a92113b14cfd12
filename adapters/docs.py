"""Writes `docs/commands.md` from the declarations: what a command is called where, how it answers, where it shows."""

from pathlib import Path

from bot import features
from bot.command import Command

FILE = Path("docs/commands.md")
HEAD = """\
# Commands

Made by `make docs` from the declarations in `bot/`; a test keeps it true. Every answer is private to the one who asked;
*Shows in* says what others see besides. Everything works in a direct message with the bot, and in the terminal without
the slash. CAPITALS must be said, or a form asks for them; [brackets] may be.

"""
COLUMNS = "| Slack | Discord | Terminal, DM | What it does | Answer | Shows in |\n|---|---|---|---|---|---|\n"


def page() -> str:
    """The whole page."""
    commands = features.catalogue().visible()
    groups = list(dict.fromkeys(one.group for one in commands))
    return HEAD + "\n".join(_table(group, [one for one in commands if one.group == group]) for group in groups)


def _table(group: str, commands: list[Command]) -> str:
    return f"## {group.capitalize()}\n\n{COLUMNS}" + "".join(_row(one) for one in commands)


def _row(one: Command) -> str:
    for_admins = " *(admins)*" if one.admin else ""
    cells = (
        f"`/{one.usage}`",
        f"`/{one.name}`" if " " in one.name else f"`/{one.name} show`" if one.name != "help" else "`/help`",
        f"`{one.usage}`",
        one.about + for_admins,
        _answer(one),
        one.posts or "-",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _answer(one: Command) -> str:
    """How it answers when nothing is missing, and when something is."""
    missing = "a form when something is missing" if any(param.required for param in one.params) else ""
    edits = "a form with what is known" if one.known else ""
    speed = "slow: answered when ranked" if one.think else "at once"
    return "; ".join(part for part in (speed, edits or missing) if part)


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(page(), encoding="utf-8")
