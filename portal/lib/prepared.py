"""A query that is put together once in a process and asked many times, each time about other ids.

Django takes 1 to 2 ms to turn a query with joins and subqueries into SQL, which is more than PostgreSQL takes to answer
it. Where every page asks the same, that is most of its time (docs/adr/0006).
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=models.Model)
Build = Callable[..., "models.QuerySet[Any, Any]"]


class _Prepared:
    """`build` makes the query for as many ids as the prepared query is asked about."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._made: tuple[Any, str, tuple[Any, ...], dict[int, Any]] | None = None

    def _ask(self, ids: tuple[UUID, ...]) -> tuple[Any, list[tuple[Any, ...]]]:
        """The compiler, which knows what the columns are, and the rows."""
        if self._made is None:
            compiler = self._build(*map(_place, range(len(ids)))).query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
            converters = compiler.get_converters([column[0] for column in compiler.select])
            self._made = (compiler, sql, params, converters)
        compiler, sql, params, converters = self._made
        if compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        places = {_place(number): asked for number, asked in enumerate(ids)}
        with connection.cursor() as cursor:
            cursor.execute(sql, [places.get(param, param) if _is_id(param) else param for param in params])
            rows = cursor.fetchall()
        return compiler, list(compiler.apply_converters(rows, converters)) if converters else rows


class PreparedRows(_Prepared):
    """The rows of a `values_list`."""

    def __call__(self, *ids: UUID) -> list[tuple[Any, ...]]:
        return self._ask(ids)[1]


class PreparedObjects(_Prepared, Generic[M]):
    """The objects of a query, with what it joins (`select_related`) and annotates."""

    def __call__(self, *ids: UUID) -> list[M]:
        compiler, rows = self._ask(ids)
        if not rows:
            return []
        # As django.db.models.query.ModelIterable does it.
        known, select = compiler.klass_info, compiler.select
        first, last = known["select_fields"][0], known["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        related = get_related_populators(known, select, connection.alias)  # type: ignore[call-arg]
        found = []
        for row in rows:
            each = known["model"].from_db(connection.alias, names, row[first:last])
            for populator in related:
                populator.populate(row, each)
            for name, position in compiler.annotation_col_map.items():
                setattr(each, name, row[position])
            found.append(each)
        return found


def _place(number: int) -> UUID:
    """Stands for the id of that number while the query is put together."""
    return UUID(f"ffffffff-0000-4000-8000-{number:012}")


def _is_id(param: Any) -> bool:
    return isinstance(param, UUID)
