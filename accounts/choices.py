"""Closed lists of words about who. A value is stored; its label is shown."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VendorRole(TextChoices):
    ADMIN = "admin", _("Admin")
    CSM = "csm", _("Customer success manager")
    EXECUTIVE = "executive", _("Executive")


class StakeholderRole(TextChoices):
    SPONSOR = "sponsor", _("Sponsor")
    CHAMPION = "champion", _("Champion")
    CONTRIBUTOR = "contributor", _("Contributor")
    VIEWER = "viewer", _("Viewer")


class Side(TextChoices):
    VENDOR = "vendor", _("Vendor")
    CUSTOMER = "customer", _("Customer")

    @property
    def other(self) -> "Side":
        return Side.CUSTOMER if self is Side.VENDOR else Side.VENDOR


class Segment(TextChoices):
    ENTERPRISE = "enterprise", _("Enterprise")
    MID_MARKET = "mid-market", _("Mid-market")
    SMB = "smb", _("SMB")


class Touch(TextChoices):
    HIGH = "high", _("High touch")
    TECH = "tech", _("Tech touch")


class Verb(TextChoices):
    """What can happen on an account or a plan; the sentence that history shows is in `plans/pages/history.py`."""

    PLAN_MADE = "plan.made"
    PLAN_UPDATED = "plan.updated"
    PLAN_LIVE = "plan.live"
    PLAN_COMPLETED = "plan.completed"
    PLAN_CLOSED = "plan.closed"
    TASK_COMPLETED = "task.completed"
    TASK_REOPENED = "task.reopened"
    TASK_BLOCKED = "task.blocked"
    TASK_UNBLOCKED = "task.unblocked"
    TASK_REASSIGNED = "task.reassigned"
    TASK_MOVED = "task.moved"
    EVIDENCE_ADDED = "evidence.added"
    EVIDENCE_ACCEPTED = "evidence.accepted"
    EVIDENCE_RETURNED = "evidence.returned"
    MILESTONE_REACHED = "milestone.reached"
    MILESTONE_REOPENED = "milestone.reopened"
    MEASUREMENT_ADDED = "measurement.added"
    MEASUREMENT_ACCEPTED = "measurement.accepted"
    MEASUREMENT_RETURNED = "measurement.returned"
    PERSON_INVITED = "person.invited"
    PERSON_JOINED = "person.joined"
