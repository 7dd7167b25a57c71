"""A week as addresses name it: "2026-W46" (ISO 8601)."""

import re
from datetime import date, timedelta

WEEK = timedelta(days=7)
FIRST_YEAR = 1990
_NAME = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


def week_name(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return f"{year:04}-W{week:02}"


def read_week(name: str) -> date | None:
    """The Monday of a week's name; None for what is none."""
    found = _NAME.fullmatch(name)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None
    # The week before the first one of all has no days.
    return monday if monday and monday.year >= FIRST_YEAR else None


def last_full_week(today: date) -> date:
    """The Monday of the week that ended last."""
    return today - timedelta(days=today.weekday()) - WEEK
