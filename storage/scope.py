"""One community's criterion, as one option of a statement: it costs little, however many tables there are."""

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Executable, Integer, bindparam
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.util import _deep_annotate
from sqlmodel import col

from storage.columns import Owned


class OneCommunity(LoaderCriteriaOption):
    """What `with_loader_criteria` makes, for every model that inherits `Owned` at once, aliases included.

    SQLAlchemy's own form for a base class asks the base for the column, which SQLModel's classes do not have; one
    option for each model is right too, but each of them is copied and hashed at every execution. The community is a
    parameter of the statement, so that all communities share what was compiled.
    """

    _traverse_internals = LoaderCriteriaOption._traverse_internals

    def __init__(self, community_id: int) -> None:
        seen: Any = bindparam(None, community_id, Integer, unique=True)
        super().__init__(Owned, seen, include_aliases=True)
        self._scoped: WeakKeyDictionary[Executable, Executable] = WeakKeyDictionary()

    def on(self, statement: Executable) -> Executable:
        """The statement with the criterion; one that is made once and run often is given it once."""
        if (scoped := self._scoped.get(statement)) is None:
            scoped = self._scoped[statement] = statement.options(self)
        return scoped

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        """The criterion of one model or alias, marked as SQLAlchemy marks criteria that were added.

        The parameter stays as it is: a marked copy has its hash, and each execution would compare the two as SQL.
        """
        mark: Any = {"for_loader_criteria": self}
        column: Any = col(ext_info.entity.community_id)
        marked = _deep_annotate(column, mark, detect_subquery_cols=True, ind_cols_on_fromclause=True)
        return (marked == self.where_criteria)._annotate(mark)
