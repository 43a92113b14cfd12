"""Reactions by name: one emoji is written `:raised_hands:` in one place and 🙌 in another, in any skin tone."""

import re
import unicodedata

_SIGNS = {
    "+1": "👍",
    "100": "💯",
    "blue_heart": "💙",
    "bouquet": "💐",
    "clap": "👏",
    "cookie": "🍪",
    "fire": "🔥",
    "gem": "💎",
    "handshake": "🤝",
    "heart": "❤",
    "heart_hands": "🫶",
    "medal": "🏅",
    "muscle": "💪",
    "pray": "🙏",
    "purple_heart": "💜",
    "raised_hands": "🙌",
    "rocket": "🚀",
    "sparkles": "✨",
    "star": "⭐",
    "star2": "🌟",
    "sunflower": "🌻",
    "taco": "🌮",
    "tada": "🎉",
    "trophy": "🏆",
    "yellow_heart": "💛",
}
_ALSO = {"thumbsup": "+1", "folded_hands": "pray", "raising_hands": "raised_hands", "sports_medal": "medal"}
_NAMES = {sign: name for name, sign in _SIGNS.items()}
_TONE = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]|::skin-tone-\\d|_tone\\d")


def name_of(emoji: str) -> str:
    """The one name under which spellings of an emoji meet; an unknown sign or a custom name is its own."""
    word = _TONE.sub("", unicodedata.normalize("NFC", emoji.strip())).strip(":").casefold()
    custom = re.fullmatch(r"<a?:(\w+):\d+>", word)
    word = custom[1] if custom else word
    word = _NAMES.get(word, word)
    return _ALSO.get(word, word)


def names_in(text: str) -> frozenset[str]:
    """The names of all the emoji in a setting: `:raised_hands: 👏`."""
    return frozenset(name_of(word) for word in re.split(r"[\s,]+", text) if name_of(word))


def spellings(text: str) -> frozenset[str]:
    """Every way in which a platform may write the emoji of a setting, skin tones aside."""
    names = names_in(text)
    also = {word for word, name in _ALSO.items() if name in names}
    signs = {_SIGNS[name] for name in names if name in _SIGNS}
    return names | also | signs | {f":{name}:" for name in names | also}
