"""Skills as this community knows them: the built-in names, those imported or coined here, the aliases it learned."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, get_args

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, or_, select

from bot.names import Entry, Lexicon, builtin, normal
from storage.glossary import Import, Merge, Term
from storage.machinery import Counter
from storage.models import Alias, Skill

Level = Literal["learning", "practising", "proficient", "expert"]
LEVELS: tuple[str, ...] = get_args(Level)
COINED = ""
NAMES = "names"
State = tuple[int, ...]
_NEWEST = (
    select(func.max(Skill.id)).where(Skill.area == COINED).scalar_subquery(),
    select(func.max(Alias.id)).scalar_subquery(),
    select(Counter.value).where(Counter.name == NAMES).scalar_subquery(),
)
_STATE: Any = select(*_NEWEST)
Kept = dict[tuple[str, int], tuple[State, Lexicon[str]]]
_lexicons: Kept = {}
_imported: Kept = {}
_entries: dict[str, Entry] = {}


def lexicon(db: Session) -> Lexicon[str]:
    """Every known name and alias, to canonical names; rebuilt when the community coined or learned another."""
    kept: Kept = db.info.get("lexicon", _lexicons)
    key, state = _key(db), _state(db)
    known = kept.get(key)
    if known is None or known[0] != state:
        known = kept[key] = state, _build(db)
    return known[1]


def _state(db: Session) -> State:
    """Changes with every change of names; asked once in a transaction that does not change them itself."""
    asked: dict[int, State] = db.info.setdefault("names", {})
    community_id = db.info["community_id"]
    if community_id not in asked or "lexicon" in db.info:
        coined, learned, changes = db.exec(_STATE).one()
        asked[community_id] = coined or 0, learned or 0, changes or 0
    return asked[community_id]


def changed(db: Session) -> None:
    """Names mean something else from now on; whoever knows them anew, in whatever process, notices."""
    alone(db)
    counter = db.exec(select(Counter).where(Counter.name == NAMES)).first() or Counter(name=NAMES)
    counter.value += 1
    db.add(counter)
    db.flush()


def alone(db: Session) -> None:
    """What this transaction makes of names is its own, because it may still be taken back."""
    db.info.setdefault("lexicon", {})


def _key(db: Session) -> tuple[str, int]:
    return str(db.get_bind().engine.url), db.info["community_id"]


@cache
def _builtin() -> Lexicon[str]:
    return Lexicon({normal(name): entry.name for entry in builtin() for name in (entry.name, *entry.aliases)})


def _below(db: Session) -> Lexicon[str]:
    """What is not this community's own wording: built in, or imported."""
    query = select(Import.number).where(*_finished()).order_by(col(Import.number))
    finished = tuple(db.exec(query).all())
    if not finished:
        return _builtin()
    state, known = _imported.get(_key(db), ((), _builtin()))
    if state != finished:
        known = Lexicon(_terms(db), _builtin())
        _imported[_key(db)] = finished, known
    return known


def _terms(db: Session) -> dict[str, str]:
    """By normal form; a skill's own name goes before another's alias."""
    query = select(Term.name, Term.normal, Term.forms).join(Import).where(*_finished())
    rows = db.exec(query.order_by(col(Term.id))).all()
    names = {form: name for name, _normal, forms in reversed(rows) for form in forms.splitlines()}
    own = _builtin()
    return names | {form: own.exact(name) or name for name, form, _forms in rows}


def _build(db: Session) -> Lexicon[str]:
    """The community's own words stand on what is below, and say what stands for what."""
    with_alias = select(Alias.skill_id)
    query = select(Skill.id, Skill.name, Skill.normal)
    own = or_(Skill.area == COINED, col(Skill.id).in_(_merged()), col(Skill.id).in_(with_alias))
    rows = db.exec(query.where(own)).all()
    parts = dict(db.exec(select(Merge.gone_id, Merge.kept_id).where(col(Merge.undone_at).is_(None))).all())
    final = _last({row[0]: parts.get(row[0]) for row in rows})
    spelled = {row[0]: row[1] for row in rows}
    spelled |= dict(db.exec(select(Skill.id, Skill.name).where(col(Skill.id).in_(set(final.values())))).all())
    names = {form: spelled[final[key]] for key, _name, form in rows}
    aliases = db.exec(select(Alias.normal, Alias.skill_id)).all()
    names |= {form: spelled[final[key]] for form, key in aliases}
    below = _below(db)
    instead = {name: spelled[final[key]] for key, name, _form in rows if key in parts}
    heads = {head: name for form, name in names.items() if (head := below.head(form)) is not None and head != name}
    return Lexicon(names, below, instead | heads)


def _last(same: dict[int, int | None]) -> dict[int, int]:
    """Which skill each one is by now: merges lead on to merges, never in a circle."""
    found: dict[int, int] = {}
    for start in same:
        at, seen = start, {start}
        while (then := same.get(at)) is not None and then not in seen:
            at = then
            seen.add(at)
        found[start] = at
    return found


def spelled(db: Session) -> list[str]:
    """Every canonical name and alias as people write it, each once; for learned aliases what was typed.

    Of an imported list the skills' own names only: its other names are many, and say little that those do not.
    """
    ours = [name for entry in builtin() for name in (entry.name, *entry.aliases)]
    coined = db.exec(select(Skill.name).where(Skill.area == COINED, col(Skill.id).not_in(_merged()))).all()
    learned = db.exec(select(Alias.name, Alias.normal)).all()
    imported = db.exec(select(Term.name).join(Import).where(*_finished())).all()
    return list(dict.fromkeys([*ours, *coined, *(name or form for name, form in learned), *imported]))


def entry_of(name: str) -> Entry | None:
    """The built-in entry of a canonical name."""
    if not _entries:
        _entries.update({entry.name: entry for entry in builtin()})
    return _entries.get(name)


def aliases_of(name: str) -> tuple[str, ...]:
    """The other names under which a built-in skill is known."""
    entry = entry_of(name)
    return entry.aliases if entry else ()


def is_learned(alias: Alias) -> bool:
    """Whether it is this community's word; else it is built in, and stands there because its skill was renamed."""
    return _builtin().exact(alias.normal) is None


def aliases_here(db: Session, skill: Skill) -> list[str]:
    """The other names of a skill that were built in or imported, as they are written."""
    own = lexicon(db)
    heads = [skill.name, *db.exec(select(Alias.name).where(Alias.skill_id == skill.id)).all()]
    built = [name for head in heads if (entry := entry_of(head)) for name in (entry.name, *entry.aliases)]
    terms = db.exec(select(Term.aliases).join(Import).where(col(Term.name).in_(heads), *_finished())).all()
    found = [*built, *(name for some in terms for name in some.splitlines())]
    return [name for name in dict.fromkeys(found) if name != skill.name and own.exact(name) == skill.name]


def _finished() -> list[Any]:
    return [col(Import.finished_at).is_not(None)]


_BY_FORM = (
    select(Skill, Merge.kept_id)
    .outerjoin(Merge, (col(Merge.gone_id) == Skill.id) & col(Merge.undone_at).is_(None))
    .where(Skill.normal == bindparam("form"))
)
_KEPT = select(Merge.kept_id).where(col(Merge.undone_at).is_(None), Merge.gone_id == bindparam("gone"))


def row_of(db: Session, name: str) -> Skill:
    """The row of a canonical name, made when it is first used; of one that was merged, the one it is now."""
    form = normal(name)
    found, kept = db.exec(_BY_FORM, params={"form": form}).first() or (None, None)
    while kept:
        found, kept = db.get_one(Skill, kept), db.exec(_KEPT, params={"gone": kept}).first()
    return found or _made(db, name, form)


def _merged(which: Any = Merge.gone_id) -> Any:
    """Skills that are part of another one at present; or which ones those are."""
    return select(which).where(col(Merge.undone_at).is_(None))


def _made(db: Session, name: str, form: str) -> Skill:
    alone(db)
    entry = entry_of(name)
    skill = Skill(name=name, normal=form, area=entry.area if entry else COINED)
    db.add(skill)
    db.flush()
    return skill


def by_ids(db: Session, ids: Iterable[int]) -> dict[int, Skill]:
    """Skills by id, in one query."""
    wanted = list(set(ids))
    return {one.id: one for one in db.exec(select(Skill).where(col(Skill.id).in_(wanted))).all()} if wanted else {}


def named_in(db: Session, text: str) -> list[str]:
    """Canonical skills whose name or alias stands in a text, in its order; a word belongs to the longest name."""
    return names_in(lexicon(db), text)


def names_in(known: Lexicon[str], text: str) -> list[str]:
    """The same, by a lexicon."""
    words = [word.strip('.,;:!?()"“”') for word in text.split()]
    found: dict[int, str] = {}
    taken: set[int] = set()
    for size in (3, 2, 1):
        for at in range(len(words) - size + 1):
            places = set(range(at, at + size))
            name = known.exact(" ".join(words[at : at + size])) if not places & taken else None
            if name and (size > 1 or len(words[at]) > 2):
                found[at] = name
                taken |= places
    return list(dict.fromkeys(found[at] for at in sorted(found)))
