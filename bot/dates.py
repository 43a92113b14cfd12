"""Dates as people write them: `2027-05-01`, `1 May` (the next one), `1 May 2027`, `tomorrow`, `in 3 weeks`."""

import re
from datetime import date, timedelta

ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_MONTH = re.compile(r"(?P<day>\d{1,2})\.? (?P<month>[a-z]{3,9})\.?(?:,? (?P<year>\d{4}))?", re.ASCII)
_MONTH_NAMES = "jan|uary feb|ruary mar|ch apr|il may| jun|e jul|y aug|ust sep|tember oct|ober nov|ember dec|ember"
_NAMES = [name.split("|") for name in _MONTH_NAMES.split()]
_MONTHS = {form: at for at, (short, rest) in enumerate(_NAMES, 1) for form in (short, short + rest)}
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_LEAP_YEARS = 8


def day_of(text: str, today: date) -> date | None:
    """The day that is meant, seen from `today`; none for what is no date, and for one that never comes (31 June)."""
    word = " ".join(text.casefold().split())
    if ISO.fullmatch(word):
        return _day(int(word[:4]), int(word[5:7]), int(word[8:]))
    return _relative(word, today) or _in_month(word, today)


def _relative(word: str, today: date) -> date | None:
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=word == "tomorrow")
    for ahead in range(1, 8):
        if word == _WEEKDAYS[(today + timedelta(days=ahead)).weekday()]:
            return today + timedelta(days=ahead)
    found = re.fullmatch(r"in (\d{1,3}) (day|week)s?", word, re.ASCII)
    return today + timedelta(days=int(found[1]) * (7 if found[2] == "week" else 1)) if found else None


def _in_month(word: str, today: date) -> date | None:
    """Without a year the next such day, today included; 29 February waits for a leap year."""
    found = _DAY_MONTH.fullmatch(word)
    if not found or not (month := _MONTHS.get(found["month"])):
        return None
    if found["year"]:
        return _day(int(found["year"]), month, int(found["day"]))
    days = (_day(year, month, int(found["day"])) for year in range(today.year, today.year + _LEAP_YEARS + 1))
    return next((day for day in days if day and day >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
