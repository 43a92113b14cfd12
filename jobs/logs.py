"""Logs: readable on a terminal, one JSON object a line elsewhere; no secret enters them, and no word of a member."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from typing import Any, TextIO

import structlog
from sqlalchemy import exc

HIDDEN = "***"
_TOKENS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]{6,}"  # Slack's tokens
    r"|xapp-[\w-]{6,}"
    r"|(?<=/commands/)[\w/-]+"  # a response URL lets anyone answer
    r"|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"  # Discord's
    r"|(?<=/interactions/)\d+/[\w-]{20,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # a name and a password in an address
)
_QUOTED = re.compile(r"\s*(?:DETAIL:|\[SQL:|\[parameters:).*", re.DOTALL)  # a database quotes the row that it refused
OURS = ("storage.", "jobs.", "bot.carriage")
CODES = ("sqlstate", "sqlite_errorname", "code", "status")
NOISY = ("apscheduler", "httpx", "discord", "slack_bolt", "slack_sdk", "aiohttp.access")
Event = MutableMapping[str, Any]


def configure(level: str, stream: TextIO, secrets: Iterable[str] = ()) -> None:
    """Sends structlog and the standard library's logging to one stream, with these values nowhere in it."""
    number = logging.getLevelNamesMapping()[level]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = [
        _without_words,
        Masked(secrets),
        structlog.dev.ConsoleRenderer() if stream.isatty() else structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setLevel(max(number, logging.INFO))
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_plain(last))
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))
    logging.captureWarnings(True)


class Masked:
    """Hides secrets, wherever in a line they stand: those of the environment, and what looks like a token."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({one for one in secrets if len(one) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        """A step on the way of every line."""
        for name, value in event.items():
            event[name] = self._hidden(value)
        return event

    def _hidden(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, list | tuple):
            return [self._hidden(one) for one in value]
        return self.text(_QUOTED.sub("", str(value)))

    def text(self, said: str) -> str:
        """The same without secrets."""
        return _TOKENS.sub(HIDDEN, self._known.sub(HIDDEN, said) if self._known else said)


def _without_words(_logger: Any, _method: str, event: Event) -> Event:
    """An exception as where it happened and what it was: what it says may be what somebody wrote."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["exception"] = trace(error)
    return event


def trace(error: BaseException) -> str:
    """The chain of causes, the first one first: frames and types, with those messages that are not a member's."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [trace(earlier), ""] if earlier else []
    frames = [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
    return "\n".join([*before, "Traceback (most recent call last):", *frames, named(error)])


def named(error: BaseException) -> str:
    """The exception's type, and what it says where only a machine can have said it."""
    said = _said(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _said(error: BaseException) -> str:
    match error:
        case exc.OperationalError() | exc.InterfaceError():
            return str(error.orig).strip()
        case exc.DBAPIError():
            return f"{type(error.orig).__name__} {_code(error.orig)}".strip()
        case OSError():
            return error.strerror or ""
        case AttributeError() | TypeError() | NameError() | ImportError() | exc.TimeoutError():
            return str(error)
        case _:
            return str(error) if type(error).__module__.startswith(OURS) else _code(error)


def _code(error: BaseException | None) -> str:
    """The code by which a platform or a database names an error."""
    answer: Any = getattr(error, "response", None)
    found = answer.get("error") if hasattr(answer, "get") else None
    return str(found or next((code for name in CODES if (code := getattr(error, name, None))), ""))


def _plain(last: list[Any]) -> list[Any]:
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
