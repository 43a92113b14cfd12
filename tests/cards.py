"""Anything at all that could be said or typed, on whatever platform."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.text import Bold, Channel, Code, Link, Mention, Moment, Plain
from bot.ui import Actions, Button, Card, Facts, Field, File, Form, Heading, Image, Items, Line, No, Note, Quote

BEGINNING = datetime(1990, 1, 1, tzinfo=UTC).replace(tzinfo=None)
HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<@U999>",
    "@everyone",
    "@Here",
    "<https://evil.example|https://bank.example>",
    "&lt;!channel&gt;",
    "*b* _i_ ~s~ `c` ```",
    "\n> quoted\n&gt; again",
    "# big\n## less\n-# small\n- item\n1. first\n>>> all",
    "[bank](https://evil.example) ||spoiler|| __u__ ~~s~~ \\\\* \\",
    "<@123456789012345678> <@&1> <#1> <t:0:R> </help:1> <:x:1> <id:home>",
    "https://evil.example discord.gg/abc steam://run",
    "\u202eabc\x00\x1b[31m",
    "\U0001f44d\U0001f3fd" * 40,
    "e\u0301" * 90,
    "&" * 900,
    "*" * 700,
    "long " * 700,
    "x" * 3200,
    " ",
    "",
)
words = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=40), st.lists(st.sampled_from(HOSTILE), max_size=2).map("".join)
)
parts = st.one_of(
    words.map(Plain),
    words.map(Bold),
    words.map(Code),
    st.builds(Link, st.one_of(words, st.sampled_from(["https://a.example/x|y", "javascript:x"])), words),
    st.builds(Mention, st.integers(1, 4), words),
    st.builds(Moment, st.datetimes(min_value=BEGINNING, timezones=st.just(UTC))),
    st.builds(Channel, st.just(1), st.one_of(words, st.sampled_from(["C123ABC", "123456789012345678"]))),
)
texts = st.lists(parts, max_size=3).map(tuple)
buttons = st.builds(Button, words, words, st.sampled_from(["default", "primary", "danger"]))
nodes = st.one_of(
    st.builds(Line, texts),
    st.builds(Heading, texts),
    st.builds(Quote, words),
    st.builds(Note, texts),
    st.builds(Facts, st.lists(st.tuples(words, texts), max_size=11).map(tuple)),
    st.builds(Items, st.lists(texts, max_size=5).map(tuple)),
    st.builds(Actions, st.lists(buttons, max_size=5).map(tuple)),
    st.builds(Image, words, words, st.just(b"png")),
    st.builds(File, words, words, st.just(b"data")),
)
cards = st.builds(Card, texts, st.lists(nodes, max_size=4).map(tuple), st.sampled_from(["", "k7"]))
ABOUT = ("member", "skill", "choice", "yes", "number", "decimal", "date", "channel", "url", "text", "zone")
values = st.one_of(
    words,
    st.sampled_from(
        [
            "@m1",
            "@m2",
            "<@U7>",
            "<@123456789012345678>",
            "12",
            "2026-12-31",
            "<#C123ABC>",
            "<#123456789012345678>",
            "https://a.example",
            "a",
        ]
    ),
)
fields = st.builds(
    Field,
    st.from_regex(r"[a-z_]{1,20}", fullmatch=True),
    words,
    st.sampled_from(ABOUT),
    st.one_of(values, st.lists(values, max_size=3).map(tuple)),
    required=st.booleans(),
    many=st.booleans(),
    long=st.booleans(),
    suggests=st.booleans(),
    choices=st.one_of(st.just(()), st.lists(words, max_size=4).map(tuple)),
    hint=words,
    longest=st.one_of(st.none(), st.integers(1, 9000)),
    error=texts,
)
forms = st.builds(Form, words, words, st.lists(fields, max_size=6, unique_by=lambda one: one.name).map(tuple), words)
nos = st.builds(No, texts, st.one_of(st.none(), forms), st.lists(buttons, max_size=3).map(tuple))
