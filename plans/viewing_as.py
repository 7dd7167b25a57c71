"""The choice to see a plan as somebody else does: kept in the session, for half an hour, for that plan alone."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Stakeholder, User
from accounts.permissions import actor_at_vendor
from plans.models import Plan
from portal.lib import clock

SESSION_KEY = "view_as"
LASTS = timedelta(minutes=30)


class View(NamedTuple):
    """Which plan, whose eyes, until when; strings as the session keeps them."""

    plan_id: str
    stakeholder_id: str
    until: str


def begin_view(request: HttpRequest, plan: Plan, stakeholder: Stakeholder) -> None:
    view = View(str(plan.pk), str(stakeholder.pk), (clock.now() + LASTS).isoformat())
    request.session[SESSION_KEY] = list(view)


def end_view(request: HttpRequest) -> View | None:
    """Forget it, and say what it was."""
    kept = request.session.pop(SESSION_KEY, None)
    return View(*kept) if kept else None


def current_view(request: HttpRequest) -> View | None:
    """What the session holds, whether or not it still may; without a session nothing is looked up."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    kept = request.session.get(SESSION_KEY)
    return View(*kept) if kept else None


def viewed_person(view: View, by: User) -> User | None:
    """Whose eyes they are; None once the time is over, the right has gone, or the person has left the account."""
    if clock.now() >= datetime.fromisoformat(view.until) or not actor_at_vendor(by).may("person.view_as"):
        return None
    there = Stakeholder.objects.joined().filter(pk=view.stakeholder_id, user__is_active=True)
    found = there.filter(account__plans=UUID(view.plan_id)).select_related("user").first()
    return found.user if found else None
