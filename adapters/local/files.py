"""Files that a line names by their path: whoever sits at this terminal may read what they may read anyway."""

from pathlib import Path

from bot.ctx import Attached
from bot.kinds import MOST_BYTES, too_large


def attached(path: str) -> Attached:
    """The file at a path, or why it cannot be had."""
    place = Path(path).expanduser()
    try:
        if not place.is_file():
            return Attached(place.name, problem=f"There is no file {path}.")
        if (size := place.stat().st_size) > MOST_BYTES:
            return too_large(place.name, size)
        return Attached(place.name, place.read_bytes())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        return Attached(place.name, problem=f"{path} cannot be read: {reason}.")
