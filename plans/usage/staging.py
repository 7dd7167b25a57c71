"""Rows of a file on their way into the tables: staged by COPY, compared and taken over by the database.

The file's rows never stand in memory together. All of this happens in one transaction, which the caller opens.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Account
from plans.usage.cells import Fault, Row
from plans.usage.words import as_kept

MOST_KEPT = 200
MOST_WARNINGS = 50
# Only one import at a time is compared with the figures and taken over.
TURN = 0x7573_6167_65

_STAGED = """
CREATE TEMPORARY TABLE usage_staged (
    line integer, account_id uuid, period_from date, period_to date,
    team text COLLATE "C", role text COLLATE "C", feature text COLLATE "C",
    has_usage boolean, active_users integer, seats integer, quantity numeric(18, 4),
    has_tickets boolean, opened integer, closed integer, late integer
) ON COMMIT DROP
"""


@dataclass(frozen=True)
class Target:
    """A table of figures: its name, which staged rows are for it, what names a figure, and what it says."""

    table: str
    staged: str
    key: tuple[str, ...]
    says: tuple[str, ...]
    twice: str

    @property
    def same(self) -> str:
        return " AND ".join(f"f.{name} = s.{name}" for name in self.key) + " AND f.replaced_at IS NULL"

    @property
    def differs(self) -> str:
        f, s = (", ".join(f"{row}.{name}" for name in self.says) for row in "fs")
        return f"({f}) IS DISTINCT FROM ({s})"


_PERIOD = ("account_id", "period_from", "period_to")
TARGETS = (
    Target(
        "plans_usagefigure", "has_usage", (*_PERIOD, "team", "role", "feature"),
        ("active_users", "seats", "quantity"), "same_place",
    ),
    Target("plans_supportfigure", "has_tickets", _PERIOD, ("opened", "closed", "late"), "same_tickets"),
)  # fmt: skip


@dataclass
class Found:
    """What a file or a body holds. `faults` and `warnings` are the first of them, in their order."""

    rows: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    faults_total: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)
    warnings_total: int = 0
    counts: dict[str, Any] = field(default_factory=dict)

    def note(self, fault: Fault) -> None:
        if fault.is_warning:
            self.warnings_total += 1
            if len(self.warnings) < MOST_WARNINGS:
                self.warnings.append(as_kept(fault))
        else:
            self.faults_total += 1
            if len(self.faults) < MOST_KEPT:
                self.faults.append(as_kept(fault))

    def as_kept(self) -> dict[str, Any]:
        """As `UsageImport.found`."""
        return {
            "rows": self.rows,
            "warnings": self.warnings,
            "warnings_total": self.warnings_total,
            **self.counts,
        }


def stage(read: Iterable[Row | Fault], *, account: Account | None = None) -> Found:
    """Put the rows beside the tables and say what is wrong with them. `account` is the only one that they may be of."""
    found = Found()
    names = _Names(account)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.usage_staged")
        cursor.execute(_STAGED)
        with cursor.copy("COPY usage_staged FROM STDIN") as copy:
            for row in _understood(read, names, found):
                copy.write_row(row)
        cursor.execute("ANALYZE usage_staged")
    for fault in _said_twice():
        found.note(fault)
    found.faults.sort(key=lambda kept: kept["line"])
    return found


def take_turn(*, seconds: int = 0) -> None:
    """Wait until no other import is being taken over, and keep them out until this transaction ends.

    With `seconds` it waits no longer than that, then raises OperationalError (a lock that is not to be had).
    """
    with connection.cursor() as cursor:
        if seconds:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds}s"])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
        if seconds:
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")


def compare(found: Found) -> None:
    """Count what is staged against the figures that hold now: new, replaced, unchanged."""
    counts: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for target in TARGETS:
            cursor.execute(
                f"""
                SELECT count(*) FILTER (WHERE f.id IS NULL),
                       count(*) FILTER (WHERE f.id IS NOT NULL AND {target.differs}),
                       count(*) FILTER (WHERE f.id IS NOT NULL AND NOT {target.differs})
                FROM usage_staged s LEFT JOIN {target.table} f ON {target.same} WHERE s.{target.staged}
                """  # noqa: S608 - names of ours, no values
            )
            counts.update(dict(zip(("new", "replaced", "unchanged"), cursor.fetchone(), strict=True)))
        cursor.execute(
            "SELECT count(DISTINCT account_id), min(period_from), max(period_to) FROM usage_staged"
        )
        accounts, first, last = cursor.fetchone()
    days = {"from": first.isoformat(), "to": last.isoformat()} if first else {}
    found.counts = {"new": 0, "replaced": 0, "unchanged": 0, **counts, "accounts": accounts, **days}


def take_over(import_id: UUID, now: datetime) -> dict[UUID, int]:
    """Write what is staged: a figure that says something else is replaced, the same one stays. Answers how many new
    figures each account has."""
    changed: Counter[UUID] = Counter()
    with connection.cursor() as cursor:
        for target in TARGETS:
            columns = (*target.key, *target.says)
            cursor.execute(
                f"""
                UPDATE {target.table} f SET replaced_at = %s, replaced_by_id = %s
                FROM usage_staged s WHERE s.{target.staged} AND {target.same} AND {target.differs}
                """,  # noqa: S608
                [now, import_id],
            )
            cursor.execute(
                f"""
                INSERT INTO {target.table} ({", ".join(columns)}, source_id)
                SELECT {", ".join(f"s.{name}" for name in columns)}, %s FROM usage_staged s
                WHERE s.{target.staged} AND NOT EXISTS (SELECT FROM {target.table} f WHERE {target.same})
                """,  # noqa: S608
                [import_id],
            )
            cursor.execute(
                f"SELECT account_id, count(*) FROM {target.table} WHERE source_id = %s GROUP BY 1",  # noqa: S608
                [import_id],
            )
            changed.update(dict(cursor.fetchall()))
    return dict(changed)


def _understood(read: Iterable[Row | Fault], names: "_Names", found: Found) -> Iterator[tuple[object, ...]]:
    """Rows as they are staged, once their account is known; everything else is noted."""
    for one in read:
        if isinstance(one, Fault):
            found.note(one)
            continue
        found.rows += 1
        account_id = names.find(one.account)
        if isinstance(account_id, str):
            found.note(Fault(one.line, "account", account_id))
            continue
        usage, tickets = one.usage or (None,) * 3, one.tickets or (None,) * 3
        yield (
            one.line, account_id, one.period_from, one.period_to, *one.place,
            one.usage is not None, *usage, one.tickets is not None, *tickets,
        )  # fmt: skip


def _said_twice() -> Iterator[Fault]:
    """Lines that say what an earlier line has said."""
    with connection.cursor() as cursor:
        for target in TARGETS:
            cursor.execute(
                f"""
                SELECT line, first FROM (
                    SELECT line, min(line) OVER (PARTITION BY {", ".join(target.key)}) AS first
                    FROM usage_staged WHERE {target.staged}
                ) numbered WHERE line > first ORDER BY line
                """  # noqa: S608
            )
            while rows := cursor.fetchmany(2000):
                for line, first in rows:
                    yield Fault(line, "", target.twice, {"first": str(first)})


class _Names:
    """The accounts by what a file may call them: id, the CRM's id (to the letter), or domain."""

    def __init__(self, account: Account | None) -> None:
        self._only = account.pk if account else None
        self._ids: dict[str, UUID | str] = {}
        self._crm: dict[str, UUID | str] = {}
        self._domains: dict[str, UUID | str] = {}
        for pk, external, domain in Account.objects.values_list("pk", "external_id", "domain").iterator():
            self._ids[str(pk)] = pk
            for names, name in ((self._crm, external), (self._domains, domain.lower())):
                if name:
                    names[name] = "many_accounts" if name in names else pk

    def find(self, name: str) -> UUID | str:
        """The account's id, or the code of what is wrong."""
        if not name and self._only:
            return self._only
        low = name.lower()
        found = self._ids.get(low) or self._crm.get(name) or self._domains.get(low, "unknown_account")
        if self._only and found != self._only and not isinstance(found, str):
            return "other_account"
        return found
