"""Working days: Monday to Friday less the public holidays of a country (package `holidays`)."""

from bisect import bisect_left, bisect_right
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

import holidays

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days count. `days_off` answers `day in days_off`."""

    days_off: Container[date] = frozenset()
    # How many working days a year has up to each of its days, counted once.
    _counted: dict[int, list[int]] = field(default_factory=dict, compare=False, repr=False)

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.days_off

    def on_or_after(self, day: date) -> date:
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def on_or_before(self, day: date) -> date:
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def add(self, day: date, days: int) -> date:
        """The working day that lies `days` working days from `day`; 0 is `day` or the next working day."""
        if days == 0:
            return self.on_or_after(day)
        step = ONE_DAY if days > 0 else -ONE_DAY
        for _ in range(abs(days)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        years = range(start.year, end.year)
        return sum(self._of_year(year)[-1] for year in years) + self._in_year(end) - self._in_year(start)

    def _in_year(self, day: date) -> int:
        return self._of_year(day.year)[day.toordinal() - date(day.year, 1, 1).toordinal()]

    def _of_year(self, year: int) -> list[int]:
        found = self._counted.get(year)
        if found is None:
            first = date(year, 1, 1).toordinal()
            days = map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1))
            found = self._counted[year] = list(accumulate(int(self.is_working(day)) for day in days))
        return found

    def span(self, first: date, last: date) -> "WorkSpan":
        return WorkSpan(self, first, last)


class WorkSpan:
    """The working days from `first` to `last`, counted once: adding days to hundreds of dates is a look-up each.

    It answers for days within it. What lies before its first working day is `date.min`, what lies after its last
    one `date.max`.
    """

    def __init__(self, calendar: WorkCalendar, first: date, last: date) -> None:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self._days = [day for day in days if calendar.is_working(day)]

    def add(self, day: date, days: int) -> date:
        """As `WorkCalendar.add`."""
        here = bisect_right(self._days, day) - 1 if days > 0 else bisect_left(self._days, day)
        place = here + days
        if place < 0:
            return date.min
        return self._days[place] if place < len(self._days) else date.max

    def distance(self, start: date, end: date) -> int:
        """The number that `add` takes from `start` to `end`, where `end` is a working day."""
        place = bisect_left(self._days, end)
        return place - (
            bisect_left(self._days, start) if end < start else bisect_right(self._days, start) - 1
        )


@lru_cache(maxsize=256)
def calendar_of(country: str) -> WorkCalendar:
    """The calendar of an ISO 3166-1 country, or of a subdivision ("DE", "DE-BY"); unknown: weekends only."""
    code, _, subdivision = country.upper().partition("-")
    try:
        return WorkCalendar(holidays.country_holidays(code, subdiv=subdivision or None))
    except NotImplementedError:
        return calendar_of(code) if subdivision else WorkCalendar()
