"""Half a year of figures for the demo: a pilot with one team before the deal, then what came of it."""

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from accounts.models import Account
from plans.choices import ImportStep
from plans.models import SupportFigure, UsageFeed, UsageFigure, UsageImport
from portal.demo.people import SECRET
from portal.lib import clock

WEEKS = 26
FEED = "product"
PILOT_SEATS = 10
# Nothing in an office is quite even; added to a percentage, in turn.
UNEVEN = (0, 2, -1, 3, -2, 1, -3)


@dataclass(frozen=True)
class Use:
    """`course`: (weeks after the deal, percent of the seats in use), between which it goes straight. `features`: what
    share of the active users uses it, from which week on. `tickets`: (weeks, opened, late), the same way."""

    seats: dict[str, int]
    features: dict[str, tuple[float, int]]
    course: tuple[tuple[int, float], ...]
    tickets: tuple[tuple[int, float, float], ...]
    role: tuple[str, str] = ("", "")


USES = {
    "demo-aldergate": Use(
        seats={"Claims": 60, "Underwriting": 40, "Operations": 30, "Sales": 20},
        features={"Workflows": (0.9, -26), "Approvals": (0.6, 1), "Reports": (0.45, 4), "CRM Connector": (0.25, 8)},
        course=((0, 14), (3, 33), (8, 61), (14, 79)),
        tickets=((0, 6, 1), (3, 14, 3), (9, 7, 1), (14, 4, 0)),
        role=("Claims", "Team lead"),
    ),
    "demo-halden": Use(
        seats={"Inside sales": 25, "Field sales": 20, "Finance": 5},
        features={"Quotes": (0.85, -26), "Price rules": (0.3, 2), "Templates": (0.2, 3)},
        course=((0, 18), (3, 52), (5, 38), (7, 29)),
        tickets=((0, 3, 0), (3, 9, 2), (7, 11, 5)),
    ),
    "demo-pico": Use(
        seats={"Buying": 8, "Warehouse": 12},
        features={"Orders": (0.9, -26), "Stock alerts": (0.4, 1)},
        course=((0, 15), (3, 45)),
        tickets=((0, 1, 0), (3, 3, 0)),
    ),
    "demo-kestrel": Use(
        seats={"Dispatch": 24, "Customer service": 16},
        features={"Orders": (0.95, -26), "Stock alerts": (0.5, 6), "Reports": (0.4, 20)},
        course=((0, 20), (6, 71), (40, 88)),
        tickets=((0, 4, 1), (10, 2, 0), (40, 1, 0)),
    ),
}  # fmt: skip


def put_usage(account: Account, key: str, closed_on: date) -> None:
    """The last whole weeks of the account's story, as its feed told them every Monday morning."""
    use = USES.get(key)
    if use is None or UsageFigure.objects.filter(account=account).exists():
        return
    feed = _feed()
    monday = account.today() - timedelta(days=account.today().weekday())
    imports, usage, tickets = [], [], []
    for back in range(WEEKS, 0, -1):
        first = monday - timedelta(weeks=back)
        week = (first - closed_on).days // 7
        told = _told(feed, first)
        figures = [
            UsageFigure(account=account, source=told, **_days(first), **said)
            for said in (_pilot(use, back) if week < 0 else _rolled_out(use, week))
        ]
        imports.append(told)
        usage += figures
        tickets.append(SupportFigure(account=account, source=told, **_days(first), **_support(use, week)))
        told.found |= {"new": len(figures) + 1, "rows": len(figures) + 1}
    UsageImport.objects.bulk_create(imports)
    UsageFigure.objects.bulk_create(usage)
    SupportFigure.objects.bulk_create(tickets)


def _feed() -> UsageFeed:
    """Its token is the secret of the demo's CRMs, so that one can try it."""
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    return UsageFeed.objects.get_or_create(name=FEED, defaults={"token_sha256": digest})[0]


def _told(feed: UsageFeed, first: date) -> UsageImport:
    at = min(datetime.combine(first + timedelta(days=7), time(5), UTC), clock.now())
    days = {name: day.isoformat() for name, day in zip(("from", "to"), _days(first).values(), strict=True)}
    found = {"replaced": 0, "unchanged": 0, "accounts": 1, "warnings": [], "warnings_total": 0, **days}
    return UsageImport(
        feed=feed, step=ImportStep.APPLIED, received_at=at, checked_at=at, applied_at=at, found=found
    )


def _pilot(use: Use, back: int) -> Iterator[dict[str, object]]:
    """A handful of people of the first team, and the one feature that they tried."""
    active = 3 + (WEEKS - back) % 4
    yield {"active_users": active, "seats": PILOT_SEATS}
    yield {"team": next(iter(use.seats)), "active_users": active, "seats": PILOT_SEATS}
    yield _feature(next(iter(use.features)), active, back)


def _rolled_out(use: Use, week: int) -> Iterator[dict[str, object]]:
    percent = _between(use.course, week)
    active = {
        team: min(
            seats, max(0, round(seats * (percent + UNEVEN[(week + number * 3) % 7] - 6 * number) / 100))
        )
        for number, (team, seats) in enumerate(use.seats.items())
    }
    whole = sum(active.values())
    yield {"active_users": whole, "seats": sum(use.seats.values())}
    for team, seats in use.seats.items():
        yield {"team": team, "active_users": active[team], "seats": seats}
    if use.role[0]:
        yield {"team": use.role[0], "role": use.role[1], "active_users": min(4, active[use.role[0]])}
    for feature, (share, since) in use.features.items():
        if week >= since:
            yield _feature(feature, round(whole * share), week)


def _feature(name: str, active: int, week: int) -> dict[str, object]:
    return {"feature": name, "active_users": active, "quantity": Decimal(active * (11 + week % 5))}


def _support(use: Use, week: int) -> dict[str, int]:
    if week < 0:
        return {"opened": 1, "closed": 1, "late": 0}
    opened = round(_between(tuple((at, opened) for at, opened, _late in use.tickets), week))
    late = round(_between(tuple((at, late) for at, _opened, late in use.tickets), week))
    return {"opened": opened, "closed": max(0, opened - late), "late": late}


def _between(course: tuple[tuple[int, float], ...], week: int) -> float:
    """On the way from one point to the next; after the last one it stays there."""
    for (start, low), (end, high) in itertools.pairwise(course):
        if week < end:
            return low + (high - low) * (week - start) / (end - start)
    return course[-1][1]


def _days(first: date) -> dict[str, date]:
    return {"period_from": first, "period_to": first + timedelta(days=6)}
