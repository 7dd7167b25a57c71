"""Working days: Monday to Friday less the public holidays of a country (package `holidays`)."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days count. `days_off` answers `day in days_off`."""

    days_off: Container[date] = frozenset()

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
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


@lru_cache(maxsize=256)
def calendar_of(country: str) -> WorkCalendar:
    """The calendar of an ISO 3166-1 country, or of a subdivision ("DE", "DE-BY"); unknown: weekends only."""
    code, _, subdivision = country.upper().partition("-")
    try:
        return WorkCalendar(holidays.country_holidays(code, subdiv=subdivision or None))
    except NotImplementedError:
        return calendar_of(code) if subdivision else WorkCalendar()
