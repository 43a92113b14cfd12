"""Settings: each feature declares its own as a typed class; admins answer them, commands read them."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, TypeAdapter
from sqlmodel import Session, bindparam, col, select

from bot.ctx import Ctx
from bot.text import Channel, Text, join, md
from bot.ui import Button, Node
from storage.machinery import Setting
from storage.models import Place

S = TypeVar("S", bound="Settings")
_ANSWERS = select(Setting).where(
    col(Setting.place_key).in_(bindparam("places", expanding=True)), Setting.feature == bindparam("feature")
)


class Settings(BaseModel):
    """The settings of one feature; every field is an argument of its `settings` command.

    The `channel` of a `homely` one is the place's own for everybody, until an admin says otherwise.
    """

    feature: ClassVar[str]
    about: ClassVar[str]
    homely: ClassVar[bool] = False

    def applied(self, ctx: Ctx) -> None:
        """What follows from a change, such as a timer."""

    def told(self, ctx: Ctx, changed: Sequence[str]) -> Text:
        """What an admin hears after a change: what it means, or what it is now."""
        values = dict(self)
        said = [md("{name} {value}", name=name.replace("_", " "), value=shown(values[name])) for name in changed]
        if not said:
            return md("{about}: nothing had to change.", about=self.about)
        return md("{about}, from now on: {said}.", about=self.about, said=join(said, ", ", ", "))

    def remarks(self, ctx: Ctx) -> Sequence[Node]:
        """What an admin should know about these answers."""
        return ()

    def buttons(self) -> Sequence[Button]:
        """What an admin may want to do next."""
        return ()

    def glance(self) -> Text:
        """What differs from the start, in a few words."""
        fields = type(self).model_fields
        changed = {
            name: value
            for name, value in dict(self).items()
            if value != fields[name].get_default(call_default_factory=True)
        }
        said = [
            md("{name}: {value}", name=name.replace("_", " "), value=shown(value)) for name, value in changed.items()
        ]
        return join(said, ", ", ", ") or md("nothing changed yet")


def declared() -> list[type[Settings]]:
    """Every feature's settings, by the name that admins read."""
    return sorted(Settings.__subclasses__(), key=lambda model: model.about)


def value_of(value: object) -> str:
    """A setting as people say it."""
    match value:
        case None | "":
            return "not set"
        case bool():
            return "yes" if value else "no"
        case Channel():
            return value.key
        case list():
            return ", ".join(value_of(one) for one in value) or "none"  # pyright: ignore[reportUnknownVariableType]
        case _:
            return str(value)


def shown(value: object) -> Text:
    """A setting as people read it, channels as their platform shows them."""
    match value:
        case Channel():
            return (value,)
        case list() if value:
            return join([shown(one) for one in value])  # pyright: ignore[reportUnknownVariableType]
        case _:
            return md("{value}", value=value_of(value))


def load(ctx: Ctx, model: type[S]) -> S:
    """This community's answers, those of this place where they are per place, and the defaults for the rest."""
    return load_from(ctx.db, ctx.place.id, model)


def load_from(db: Session, place_id: int, model: type[S]) -> S:
    """The same, without a request; by the columns of the unique index, for what is remembered is there as well."""
    rows = db.exec(_ANSWERS, params={"feature": model.feature, "places": (0, place_id)}).all()
    values = _values(model, rows)
    if model.homely and "channel" not in values:
        values["channel"] = home_of(db, place_id)
    return model.model_validate(values)


def home_of(db: Session, place_id: int) -> Channel | None:
    """The channel that a place has for everybody, as far as its platform has told."""
    place = db.get_one(Place, place_id)
    return Channel(place.id, place.home) if place.home else None


def _values(model: type[Settings], rows: Iterable[Setting]) -> dict[str, Any]:
    known = model.model_fields
    return {
        row.name: _adapter(known[row.name].annotation).validate_json(row.value) for row in rows if row.name in known
    }


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    if annotation not in _adapters:
        _adapters[annotation] = TypeAdapter(annotation)
    return _adapters[annotation]


def save(ctx: Ctx, model: type[Settings], values: dict[str, Any]) -> None:
    """Stores answers; a channel belongs to this place, the rest to the whole community."""
    for name, value in values.items():
        annotation = model.model_fields[name].annotation
        place_key = ctx.place.id if _is_channel(annotation) else 0
        wanted = select(Setting).where(
            Setting.feature == model.feature, Setting.name == name, Setting.place_key == place_key
        )
        row = ctx.db.exec(wanted).first() or Setting(place_key=place_key, feature=model.feature, name=name, value="")
        row.value = _adapter(annotation).dump_json(value).decode()
        ctx.db.add(row)


def _is_channel(annotation: Any) -> bool:
    return annotation in (Channel | None, list[Channel])


def channels(ctx: Ctx, model: type[Settings], name: str = "channel") -> list[Channel]:
    """The channels that the places of this community have for something: those that they chose, or their own."""
    rows = ctx.db.exec(select(Setting).where(Setting.feature == model.feature, Setting.name == name)).all()
    found = {row.place_key: _adapter(Channel | None).validate_json(row.value) for row in rows}
    if model.homely:
        places = ctx.db.exec(select(Place.id).where(Place.community_id == ctx.community.id).order_by(col(Place.id)))
        found = {place: found[place] if place in found else home_of(ctx.db, place) for place in places.all()}
    return [channel for channel in found.values() if channel is not None]


def is_chosen(ctx: Ctx, model: type[Settings], name: str = "channel") -> bool:
    """Whether any place has said something about it, be it *nowhere*."""
    rows = select(Setting.id).where(Setting.feature == model.feature, Setting.name == name)
    return ctx.db.exec(rows.limit(1)).first() is not None
