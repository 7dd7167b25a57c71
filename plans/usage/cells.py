"""One row of figures: what each column takes, and what is wrong with a cell. Pure: text in, numbers and days out."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

PERIODS = ("period_from", "period_to", "week", "month")
PLACES = ("team", "role", "feature")
USAGE = ("active_users", "seats", "quantity")
TICKETS = ("tickets_opened", "tickets_closed", "tickets_late")
COLUMNS = ("account", *PERIODS, *PLACES, *USAGE, *TICKETS)
WARNINGS = frozenset({"latin1", "more_active_than_seats"})

LONGEST_CELL = 120
MOST_DAYS = 366
MOST_COUNT = 2_147_483_647
FIRST_YEAR = 2000
FORMULA = frozenset("=+-@＝＋－＠﹦﹢﹣﹫")
"""What begins a formula, as wide signs and small ones too."""

_PART = re.compile(r"([;|\t\r\n])")
"""Where another program may begin a new cell, though the file is parted by commas."""

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})", re.IGNORECASE)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_QUANTITY = {mark: re.compile(rf"[0-9]{{1,14}}(?:\{mark}[0-9]{{1,4}})?") for mark in ".,"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, or odd where `code` is one of WARNINGS. `line` is that of the file, or the number of a JSON
    row, from 1 on; 0 where it is about the whole. `plans/usage/words.py` says it in words."""

    line: int
    column: str
    code: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one account, period (both days included) and place. `usage` is active users, seats and quantity,
    `tickets` opened, closed and late; None where the row says nothing of them."""

    line: int
    account: str
    period_from: date
    period_to: date
    place: tuple[str, str, str]
    usage: tuple[int | None, int | None, Decimal | None] | None
    tickets: tuple[int, int, int] | None


class Wrong(Exception):
    """A cell that cannot be taken."""

    def __init__(self, column: str, code: str, **values: str) -> None:
        super().__init__(code)
        self.column, self.code, self.values = column, code, values


def read_row(line: int, cells: Mapping[str, str], *, today: date, mark: str = ".") -> Iterator[Row | Fault]:
    """The row, after its warnings; or all that is wrong with it. `mark` is the decimal mark of quantities.

    Columns that are not there count as empty. `account` may be empty: whether it may, the reader of the whole says.
    """
    faults = []
    said: dict[str, str] = {}
    for column, cell in cells.items():
        try:
            said[column] = plain(column, cell)
        except Wrong as wrong:
            faults.append(_fault(line, wrong))
    days, usage, tickets = None, None, None
    try:
        days = _period(said, today)
    except Wrong as wrong:
        faults.append(_fault(line, wrong))
    try:
        usage = _usage(said, mark)
    except Wrong as wrong:
        faults.append(_fault(line, wrong))
    try:
        tickets = _tickets(said)
    except Wrong as wrong:
        faults.append(_fault(line, wrong))
    if not faults and usage is None and tickets is None:
        faults.append(Fault(line, "", "no_number"))
    if faults or days is None:
        yield from faults
        return
    if usage and usage[0] is not None and usage[1] is not None and usage[0] > usage[1]:
        yield Fault(line, "active_users", "more_active_than_seats")
    place = (said.get("team", ""), said.get("role", ""), said.get("feature", ""))
    yield Row(line, said.get("account", ""), *days, place, usage, tickets)


def plain(column: str, cell: str) -> str:
    """The cell without blanks around it, line breaks in it, and the apostrophes that our exports put before formulas.

    Raises Wrong: too long, or with control characters, which no name has.
    """
    if len(cell) > LONGEST_CELL * 4:
        raise Wrong(column, "too_long")
    text = " ".join(cell.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "'" in text:
        text = "".join(
            part[1:] if part[:1] == "'" and _begins_formula(part) else part for part in _PART.split(text)
        )
    if len(text) > LONGEST_CELL:
        raise Wrong(column, "too_long")
    if not text.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise Wrong(column, "control_character")
    return text


def neutral(text: str) -> str:
    """A cell for an export: what a spreadsheet would take for a formula gets an apostrophe before it, also behind a
    semicolon: a program that parts the cells there begins a new one."""
    return "".join(f"'{part}" if _begins_formula(part) else part for part in _PART.split(text))


def _begins_formula(part: str) -> bool:
    """Whether it is one once quotation marks, blanks and signs that nobody sees are taken from its beginning."""
    for sign in part:
        if sign in FORMULA:
            return True
        if sign not in "'\"" and unicodedata.category(sign)[0] not in "ZC":
            return False
    return False


def _period(said: Mapping[str, str], today: date) -> tuple[date, date]:
    first, last, code, column = _read_period(*(said.get(name, "") for name in PERIODS))
    if first is None or last is None:
        raise Wrong(column, code)
    if first > today + timedelta(days=1):
        raise Wrong(column, "future")
    return first, last


@lru_cache(maxsize=4096)
def _read_period(first: str, last: str, week: str, month: str) -> tuple[date | None, date | None, str, str]:
    """First and last day, or None with the code of what is wrong; and the column that says it."""
    column = "week" if week else "month" if month else "period_to" if not last and first else "period_from"
    try:
        if sum(map(bool, (first or last, week, month))) != 1:
            raise Wrong(column, "periods" if first or last or week else "no_period")
        begins, ends = _week(week) if week else _month(month) if month else (_day(first), _day(last))
    except Wrong as wrong:
        return None, None, wrong.code, wrong.column or column
    except (ValueError, OverflowError):
        return None, None, column if column in ("week", "month") else "day", column
    if ends < begins:
        return None, None, "ends_before_it_begins", "period_to"
    if (ends - begins).days >= MOST_DAYS:
        return None, None, "period_too_long", "period_to"
    if begins.year < FIRST_YEAR:
        return None, None, "long_ago", column
    return begins, ends, "", column


def _week(text: str) -> tuple[date, date]:
    """Monday and Sunday of an ISO week, as 2026-W46."""
    found = _WEEK.fullmatch(text)
    if not found:
        raise ValueError(text)
    monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return monday, monday + timedelta(days=6)


def _month(text: str) -> tuple[date, date]:
    found = _MONTH.fullmatch(text)
    if not found:
        raise ValueError(text)
    first = date(int(found[1]), int(found[2]), 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _day(text: str) -> date:
    """2026-11-02, or 02.11.2026 as a spreadsheet makes of it; other spellings could mean two days."""
    if found := _DAY.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED_DAY.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    raise ValueError(text)


def _usage(said: Mapping[str, str], mark: str) -> tuple[int | None, int | None, Decimal | None] | None:
    active, seats = (_count(said, name) for name in ("active_users", "seats"))
    quantity = said.get("quantity", "")
    if quantity and not _QUANTITY[mark].fullmatch(quantity):
        raise Wrong("quantity", "quantity", mark=mark)
    if active is None and seats is None and not quantity:
        return None
    return active, seats, Decimal(quantity.replace(mark, ".")) if quantity else None


def _tickets(said: Mapping[str, str]) -> tuple[int, int, int] | None:
    counts = {name: _count(said, name) for name in TICKETS}
    if all(count is None for count in counts.values()):
        return None
    for name, count in counts.items():
        if count is None:
            raise Wrong(name, "all_tickets")
    for name in PLACES:
        if said.get(name):
            raise Wrong(name, "tickets_of_account")
    opened, closed, late = (count or 0 for count in counts.values())
    return opened, closed, late


def _count(said: Mapping[str, str], name: str) -> int | None:
    text = said.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise Wrong(name, "count")
    if int(text) > MOST_COUNT:
        raise Wrong(name, "count_too_large")
    return int(text)


def _fault(line: int, wrong: Wrong) -> Fault:
    return Fault(line, wrong.column, wrong.code, wrong.values)
