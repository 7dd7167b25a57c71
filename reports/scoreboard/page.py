"""The context of the scoreboard's page: the words of the document, the way to other weeks, and its PDF."""

from datetime import date
from typing import Any

from django.db.models import Min
from django.urls import reverse

from accounts.models import Account
from accounts.permissions import Actor
from plans.models import UsageFigure
from reports.models import DocumentKind, Edition
from reports.scoreboard import presenting
from reports.scoreboard.snapshot import ScoreboardSnapshot
from reports.scoreboard.weeks import WEEK, week_name


def scoreboard_page(snapshot: ScoreboardSnapshot, account: Account, actor: Actor) -> dict[str, Any]:
    """What `templates/reports/scoreboard.html` shows, in the active language."""
    monday = snapshot.period_from
    edition = _edition(account, monday, actor)
    this_week, last_week = presenting.week_labels(snapshot)
    return {
        "account": {
            "name": account.name,
            "url": reverse("account_page", args=[account.pk]),
            "id": account.pk,
        },
        "week": {
            "name": week_name(monday),
            "label": presenting.week_name(snapshot),
            "here": this_week,
            "before": last_week,
            "over": snapshot.over,
        },
        "previous_url": _url(account, monday - WEEK) if monday > _first_week(account) else "",
        "next_url": _url(account, monday + WEEK) if snapshot.over else "",
        "lead": presenting.lead(snapshot),
        "missing": presenting.missing(snapshot),
        "measures": [] if snapshot.says_nothing else presenting.measures(snapshot),
        "definitions": presenting.definitions(),
        "pdf_url": reverse("edition_detail", args=[edition.pk]) if edition else "",
        "can": {"make": actor.may("edition.make")},
    }


def scoreboard_url(account_id: object, monday: date) -> str:
    return f"{reverse('scoreboard', args=[account_id])}?week={week_name(monday)}"


def _url(account: Account, monday: date) -> str:
    return scoreboard_url(account.pk, monday)


def _first_week(account: Account) -> date:
    """The earliest day of which there may be something to say."""
    begun = account.created_at.astimezone(account.zone).date()
    figures = UsageFigure.objects.current().filter(account=account)
    earliest: date | None = figures.aggregate(first=Min("period_from"))["first"]
    return min(begun, earliest) if earliest else begun


def _edition(account: Account, monday: date, actor: Actor) -> Edition | None:
    """The newest PDF of that week, for who may read it."""
    if not actor.may("edition.view"):
        return None
    editions = Edition.objects.visible_to(actor.user).light().finished()
    ours = editions.filter(account=account, kind=DocumentKind.SCOREBOARD, period_from=monday)
    return ours.order_by("-finished_at").first()
