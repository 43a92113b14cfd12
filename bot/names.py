"""What people call a skill: one matching key per name, sure answers, careful suggestions, never a silent merge."""

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

K = TypeVar("K", bound=Hashable)

LONGEST = 60
CANDIDATES = 5
WORDLESS = "A skill's name needs a word or at least a letter, so that others can find it."
GENERIC = frozenset({"programming", "coding", "scripting", "development", "developer", "language", "skills"})
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_SPACED_SIGN = re.compile(r"(?<=\w)\s+(#|\+\++)(?!\w)")
_SIGNS = re.compile(r"[+#.]|\d+")
_LINK = re.compile(r"\w://|\bwww\.|\b(?:https?|mailto):", re.IGNORECASE)
_SHORTCODES = re.compile(r"(?::[\w+-]+:\s*)+")
_BETWEEN_WORDS = re.compile(r"[\s/_-]+")


class BadName(Exception):
    """This cannot be the name of a skill; the message says why, to the person who wrote it."""


@dataclass(frozen=True)
class Entry:
    """A skill that every community knows from the start."""

    name: str
    area: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion(Generic[K]):
    """What may have been meant, with a likeness of 0..1."""

    key: K
    score: float


@dataclass(frozen=True)
class Sure(Generic[K]):
    """A known name or alias was written."""

    key: K


@dataclass(frozen=True)
class Unsure(Generic[K]):
    """A person has to choose, the likeliest comes first."""

    candidates: tuple[Suggestion[K], ...]


@dataclass(frozen=True)
class New:
    """Nothing known comes near; the name is fit to be shown."""

    name: str


class _Spelling(NamedTuple):
    form: str
    words: tuple[str, ...]


@cache
def builtin() -> tuple[Entry, ...]:
    """The skills that come with the bot."""
    areas = tomllib.loads(files("bot.data").joinpath("skills.toml").read_text(encoding="utf-8"))
    return tuple(Entry(name, area, tuple(also)) for area, names in areas.items() for name, also in names.items())


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """The key under which spellings of one name meet: no case, spaces or punctuation, but C, C# and C++ stay three."""
    if text.isascii() and text.isalnum():
        return text.lower()
    while (form := _pressed(text)) != text:
        text = form
    return form


def _pressed(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _SPACED_SIGN.sub(r"\1", _visible(text).replace("♯", "#").replace("&", "and"))
    return "".join(sign for at, sign in enumerate(text) if _means(text, at))


def _means(text: str, at: int) -> bool:
    match text[at]:
        case ".":
            return text[at + 1 : at + 2].isalnum()
        case "+":
            return text[:at].rstrip("+")[-1:].isalnum()
        case "#":
            return text[at - 1 : at].isalnum()
        case sign:
            return unicodedata.category(sign)[0] in "LNM"


def _visible(text: str) -> str:
    """Control, zero-width and direction characters are no part of a name."""
    return "".join(
        sign for sign in text if sign.isspace() or (sign not in _INVISIBLE and unicodedata.category(sign)[0] != "C")
    )


def clean(text: str) -> str:
    """A name as it is shown, or BadName in words for the person who wrote it."""
    if len(text.strip().splitlines()) > 1:
        raise BadName("A skill's name fits on one line. Could you name one skill at a time?")
    shown = unicodedata.normalize("NFC", " ".join(_visible(text).split()))
    if _SHORTCODES.fullmatch(shown):
        raise BadName(WORDLESS)
    shown = shown.rstrip(' ,;:.!?*_~`"“”').lstrip(' ,;:!?*_~`"“”')
    for problem in _problems(shown):
        raise BadName(problem)
    return shown


def _problems(shown: str) -> Iterable[str]:
    plain = unicodedata.normalize("NFKC", shown)
    if re.search("[<>]", plain):
        yield "A skill's name is plain text, without < or >."
    if "@" in plain:
        yield "A skill's name cannot mention anybody. What is the skill itself called?"
    if _LINK.search(plain):
        yield "That is a link. What is the skill called?"
    if len(shown) > LONGEST:
        yield f"A skill's name has at most {LONGEST} characters. What would you call it in a word or two?"
    if not shown:
        yield "A skill needs a name."
    if not any(unicodedata.category(sign)[0] == "L" for sign in plain):
        yield WORDLESS


class Lexicon(Generic[K]):
    """Finds what a name means among all names and aliases known in one place.

    It may stand on another one, whose names it adds to and overrides: so what comes built in, or was imported by the
    ten thousand, is taken in once, and a name that a community coins costs only that community's own few.
    """

    def __init__(
        self, names: Mapping[str, K], below: "Lexicon[K] | None" = None, instead: Mapping[K, K] | None = None
    ) -> None:
        """Names by normal form. A key that is text is also the spelled name: it tells where words begin.

        `instead`: keys that stand for another one now, here and below; each leads to the last.
        """
        self._names = dict(names)
        self._instead = dict(instead or {})
        self._layers: tuple[Lexicon[K], ...] = (self, *(below._layers if below else ()))
        own = {normal(key): key for key in set(self._names.values()) if isinstance(key, str)}
        heads = {form: _words(key) for form, key in own.items() if self._names.get(form) == key}
        self._words = heads
        self._comparable = [form for form, key in self._names.items() if _has_letters(form) and _has_letters(key)]
        self._reordered = {tuple(sorted(words)): form for form, words in heads.items() if len(words) > 1}
        self._starts = [
            ("".join(words[at:]), min(at, 1), form) for form, words in heads.items() for at in range(len(words))
        ]
        is_alias = {form: 2 if isinstance(key, str) else 0 for form, key in self._names.items() if form not in heads}
        self._starts += [(form, rank, form) for form, rank in is_alias.items()]
        self._starts.sort()

    def exact(self, text: str) -> K | None:
        """What this name or alias means, if it is known."""
        return self.meant(normal(text))

    def meant(self, form: str) -> K | None:
        """The same, by the normal form."""
        for layer in self._layers:
            if form in layer._names:
                key = layer._names[form]
                return self._instead.get(key, key)
        return None

    def keys(self) -> list[K]:
        """Everything that can be meant, each once."""
        said = (key for layer in self._layers for key in layer._names.values())
        return list(dict.fromkeys(self._instead.get(key, key) for key in said))

    def head(self, form: str) -> K | None:
        """The key whose own name has this normal form, whatever it stands for."""
        for layer in self._layers:
            key = layer._names.get(form)
            if key is not None and isinstance(key, str) and normal(key) == form:
                return key
        return None

    def resolve(self, text: str) -> Sure[K] | Unsure[K] | New:
        """What is written exactly is sure; what is only near is for a person to decide; or BadName."""
        name = clean(text)
        key = self.exact(name)
        if key is not None:
            return Sure(key)
        candidates = self._near(_Spelling(normal(name), _words(name)))
        return Unsure(candidates) if candidates else New(name)

    def _near(self, typed: _Spelling) -> tuple[Suggestion[K], ...]:
        """The likeliest few, each key once."""
        best: dict[K, float] = {}
        for layer in self._layers:
            for form, score in (*layer._other_wording(typed), *layer._misspelled(typed)):
                key = self.meant(form)
                if key is not None:
                    best[key] = max(score, best.get(key, 0.0))
        ranked = sorted(best.items(), key=lambda one: (-one[1], str(one[0])))
        return tuple(Suggestion(key, score) for key, score in ranked[:CANDIDATES])

    def _other_wording(self, typed: _Spelling) -> Iterable[tuple[str, float]]:
        """The same words in another order, or with a word that says little: "Python programming"."""
        reordered = self._reordered.get(tuple(sorted(typed.words)))
        if reordered and len(typed.words) > 1:
            yield reordered, 0.95
        core = "".join(word for word in typed.words if word not in GENERIC)
        if core in self._names:
            yield core, 0.9

    def _misspelled(self, typed: _Spelling) -> Iterable[tuple[str, float]]:
        if not _has_letters(typed.form):
            return []
        similar = process.extract(
            typed.form, self._comparable, scorer=OSA.normalized_similarity, score_cutoff=0.6, limit=None
        )
        return [(form, score) for form, score, _ in similar if _could_be(typed, self._spelling(form))]

    def _spelling(self, form: str) -> _Spelling:
        """A name's words; of an alias only the normal form is known."""
        return _Spelling(form, self._words.get(form, (form,)))

    def complete(self, text: str, limit: int = 25) -> list[K]:
        """What a beginning may become: names that begin so, then words, then aliases, then names that contain it."""
        typed = normal(text)
        if not typed:
            return list(islice(dict.fromkeys(filter(None, map(self.meant, self._forms()))), limit))
        begun = sorted(start for layer in self._layers for start in layer._begun(typed))
        forms = [form for *_, form in begun]
        if len(forms) < limit:
            forms += sorted((form for form in self._forms() if typed in form), key=len)
        return list(islice(dict.fromkeys(filter(None, map(self.meant, forms))), limit))

    def _forms(self) -> Iterable[str]:
        return (form for layer in self._layers for form in layer._names)

    def _begun(self, typed: str) -> list[tuple[bool, int, int, str]]:
        """What begins so: whether it goes on, the rank, the length, the form."""
        low = bisect_left(self._starts, (typed,))
        high = bisect_left(self._starts, (typed + "\U0010ffff",))
        return [(form != typed, rank, len(form), form) for _, rank, form in self._starts[low:high]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(normal, _BETWEEN_WORDS.split(text))))


def _could_be(typed: _Spelling, known: _Spelling) -> bool:
    """Vetoes what only looks alike: other signs or digits, another word."""
    if _SIGNS.findall(typed.form) != _SIGNS.findall(known.form):
        return False
    if len(typed.words) == len(known.words):
        return all(map(_slip, typed.words, known.words))
    return OSA.normalized_similarity(typed.form, known.form) >= 0.85


def _has_letters(name: object) -> bool:
    """One letter, as in C, C# and C++, is too little to be compared by likeness."""
    return not isinstance(name, str) or (len(name) > 1 and name[:2].isalpha()) or len(_SIGNS.sub("", name)) > 1


def _slip(typed: str, known: str) -> bool:
    """Could one be a slip of the other? In short words: two letters swapped, one too many or missing, a plural."""
    shorter, longer = sorted((typed, known), key=len)
    if typed == known or len(shorter) < 3:
        return typed == known
    if len(shorter) > 4:
        return OSA.normalized_similarity(typed, known) >= 0.75
    swapped = sorted(typed) == sorted(known)
    doubled = len(shorter) == 4 and len(longer) == 5 and typed[0] == known[0]
    return OSA.distance(typed, known) == 1 and (swapped or doubled or longer == f"{shorter}s")
