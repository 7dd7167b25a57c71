"""The recap of a meeting: what was decided, who does what by when, and when one meets again. Once to each person."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import lazy

from accounts.choices import StakeholderRole
from accounts.models import Stakeholder, User
from accounts.services.mail import day_label, queue_mail
from plans.choices import MeetingKind
from plans.models import Meeting, Task
from portal.lib.days import moment

_LEADS = (StakeholderRole.SPONSOR, StakeholderRole.CHAMPION)


def send_recap(meeting: Meeting, by: User) -> None:
    """To everybody whom it concerns, on both sides, who is on the plan and has come in."""
    context = _context(meeting, by)
    for person in readers_of(meeting):
        queue_mail("meeting_recap", to=person, account=meeting.account, context=context)


def readers_of(meeting: Meeting) -> Iterable[User]:
    """Sponsors, champions and the CSM, and whoever has an action item of it; viewers are not."""
    mine = Exists(Task.objects.filter(meeting=meeting.pk, owner=OuterRef("pk")))
    here = Stakeholder.objects.joined().filter(account=meeting.account_id, user=OuterRef("pk"))
    customer = Q(Exists(here.filter(role__in=_LEADS))) | (
        Q(Exists(here.filter(role=StakeholderRole.CONTRIBUTOR))) & mine
    )
    vendor = ~Q(vendor_role="") & (Q(pk=meeting.account.owner_id) | Q(mine))
    return User.objects.filter(customer | vendor, is_active=True).order_by("email")


def _context(meeting: Meeting, by: User) -> dict[str, object]:
    plan = meeting.plan
    root, zone = settings.PORTAL_PUBLIC_URL, plan.account.zone
    decisions = list(meeting.decisions.order_by("position", "id"))
    actions = meeting.actions.select_related("owner").order_by("due_on", "position")
    ahead = Meeting.objects.filter(
        plan=plan.pk, cancelled_at__isnull=True, held_at__isnull=True, planned_on__gte=plan.account.today()
    )
    following = ahead.exclude(pk=meeting.pk).order_by("planned_on", "starts_at").first()
    return {
        "by": str(by),
        "plan_name": plan.name,
        "kind_label": MeetingKind(meeting.kind).label,
        "day_label": day_label(meeting.planned_on),
        "decisions": [one.text for one in decisions if one.decided_at],
        "wanted": [one.text for one in decisions if not one.decided_at],
        "actions": [
            {
                "title": task.title,
                "owner": str(task.owner or ""),
                "due_label": day_label(task.due_on),
                "url": root + reverse("task_detail", args=[plan.pk, task.pk]),
            }
            for task in actions
        ],
        "next_label": _when(following, zone) if following else "",
        "next_kind": MeetingKind(following.kind).label if following else "",
        "url": root + reverse("meeting_detail", args=[plan.pk, meeting.pk]),
    }


def _when(meeting: Meeting, zone: ZoneInfo) -> object:
    """In the reader's language, made when the mail is rendered; a time is that of the account."""
    if not meeting.starts_at:
        return day_label(meeting.planned_on)
    return _moment_there(meeting.starts_at, zone)


def _there(at: datetime, zone: ZoneInfo) -> str:
    return f"{moment(at, zone)} ({zone.key})"


_moment_there = lazy(_there, str)
