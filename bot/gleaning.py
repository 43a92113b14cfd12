"""What somebody's message says about work, by rules alone: title, address, pay, hours and days. Pure, one pass each."""

import re
from dataclasses import dataclass
from datetime import date

from bot.dates import day_of

LONGEST_TITLE, SHORTEST_TITLE, FEWEST_WORDS, MOST_READ = 80, 3, 6, 4_000
TRACES = ("utm_", "ref=", "fbclid=", "gclid=")
_ADDRESS = re.compile(r"https?://[^\s<>|\"'()\[\]]{4,400}")
_MARKS = re.compile(r"[*_~`#>]+|:\w{2,30}:|<[@#!][^>]{1,100}>|^\W+", re.MULTILINE)
_END = re.compile(r"(?<=[.!?])\s|\n|: ")
_MONEY = (
    r"(?:[€$£¥]\s?\d[\d.,]{0,9}\s?k?|\d[\d.,]{0,9}\s?k?\s?(?:[€$£¥]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?)\b))"
)
_PER = r"(?:\s?(?:/|per|an?)\s?(?:hour|hr|h|day|d|week|month|year|project)\b)?"
_PAY = re.compile(rf"{_MONEY}(?:\s?(?:-|–|to)\s?{_MONEY})?{_PER}", re.IGNORECASE)
_HOURS = re.compile(
    r"\b(\d{1,2})(?:\s?(?:-|–|to)\s?\d{1,2})?\s?(?:h|hrs?|hours)\s?(?:/|per|an?)\s?w(?:ee)?k\b", re.IGNORECASE
)
_DAY = (
    r"(\d{4}-\d{2}-\d{2}|\d{1,2}\.? [A-Za-z]{3,9}\.?(?:,? \d{4})?|tomorrow|[A-Za-z]{3,6}day|in \d{1,3} (?:day|week)s?)"
)
_UNTIL = re.compile(rf"\b(?:until|till|by|before|deadline:?|closes(?: on)?)\s(?:the\s)?{_DAY}", re.IGNORECASE)
_STARTS = re.compile(rf"\b(?:from|start(?:s|ing)?(?: on)?:?|beginning)\s(?:the\s)?{_DAY}", re.IGNORECASE)
_WHERE = re.compile(r"\b(?:fully |100 ?% )?(remote|hybrid|on[- ]?site)\b", re.IGNORECASE)
_WANTS = re.compile(
    r"\b(?:looking for|need(?:s|ed)?|want(?:s|ed)?|hir(?:e|es|ing)|seek(?:s|ing)?|search(?:es|ing) for|freelanc\w*|"
    r"contract(?:or)?|gig|opening|vacanc\w+|job|role|position|project|client|who could|who can|anyone (?:who|free)|"
    r"budget|day rate|paid)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Gleaned:
    """What was found; what was not is empty."""

    title: str = ""
    link: str = ""
    pay: str = ""
    hours: int | None = None
    starts: date | None = None
    until: date | None = None
    location: str = ""


def gleaned(text: str, today: date) -> Gleaned:
    """What a message says, seen from `today`; nothing that is over."""
    read = text[:MOST_READ]
    pay, hours, where = _PAY.search(read), _HOURS.search(read), _WHERE.search(read)
    return Gleaned(
        title_of(read),
        link_in(read),
        " ".join(pay[0].split()) if pay else "",
        min(80, int(hours[1])) or None if hours else None,
        _day(_STARTS, read, today),
        _day(_UNTIL, read, today),
        where[1].lower() if where else "",
    )


def looks_like_work(text: str) -> bool:
    """Whether a message in a channel for work may be some: a few words, and one that asks, pays or leads somewhere."""
    read = text[:MOST_READ]
    if len(read.split()) < FEWEST_WORDS or (read.rstrip().endswith("?") and len(read.split()) < 2 * FEWEST_WORDS):
        return False
    return any(found.search(read) for found in (_WANTS, _PAY, _ADDRESS))


def title_of(text: str) -> str:
    """The first sentence or line that says something, at most 80 characters, cut between words."""
    plain = _MARKS.sub(" ", _ADDRESS.sub(" ", text))
    parts = (" ".join(part.split()).strip(" .,:;!-–") for part in _END.split(plain))
    first = next((part for part in parts if len(part) >= SHORTEST_TITLE), "")
    if len(first) <= LONGEST_TITLE:
        return first[:1].upper() + first[1:]
    cut = first[:LONGEST_TITLE].rsplit(" ", 1)[0]
    return cut[:1].upper() + cut[1:] + "…"


def address_in(text: str) -> str:
    """The first address that a text names, as it stands there."""
    found = _ADDRESS.search(text)
    return found[0].rstrip(".,;:!?") if found else ""


def link_in(text: str) -> str:
    """The same, as two spellings of it meet: no trace of who clicked, no last slash; to compare, not to click."""
    address, _, query = address_in(text).partition("#")[0].partition("?")
    kept = "&".join(one for one in query.split("&") if one and not one.startswith(TRACES))
    host, slash, path = address.partition("://")[2].partition("/")
    plain = f"{host.lower().removeprefix('www.')}{slash}{path}".rstrip("/")
    return f"https://{plain}?{kept}" if kept else f"https://{plain}" if plain else ""


def _day(wanted: re.Pattern[str], text: str, today: date) -> date | None:
    days = (day_of(found[1].replace(".", ""), today) for found in wanted.finditer(text))
    return next((day for day in days if day and day >= today), None)
