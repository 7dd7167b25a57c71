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


class Billing(TextChoices):
    """How often a contract is invoiced."""

    UPFRONT = "upfront", _("Once, for the whole term")
    YEARLY = "yearly", _("Every year")
    HALF_YEARLY = "half_yearly", _("Every six months")
    QUARTERLY = "quarterly", _("Every three months")
    MONTHLY = "monthly", _("Every month")


class PricePer(TextChoices):
    """What a unit price buys."""

    YEAR = "year", _("a year")
    MONTH = "month", _("a month")
    ONCE = "once", _("once")


class Paper(TextChoices):
    A4 = "a4", _("A4")
    LETTER = "letter", _("US Letter")


class CostKind(TextChoices):
    """What an account costs the vendor."""

    PEOPLE = "people", _("People")
    HOSTING = "hosting", _("Hosting")
    SUPPORT = "support", _("Support")
    TRAVEL = "travel", _("Travel")
    OTHER = "other", _("Other")


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
    TASK_ADDED = "task.added"
    TASK_PASSED = "task.passed"
    TASK_PINNED = "task.pinned"
    TASK_UNPINNED = "task.unpinned"
    TASK_DATE_PROPOSED = "task.date_proposed"
    TASK_DATE_ACCEPTED = "task.date_accepted"
    TASK_DATE_DECLINED = "task.date_declined"
    TASK_MOVE_ACCEPTED = "task.move_accepted"
    TASK_FORM_FILLED = "task.form_filled"
    TASK_ESCALATED = "task.escalated"
    DEPENDENCY_ADDED = "dependency.added"
    DEPENDENCY_REMOVED = "dependency.removed"
    KICKOFF_MOVED = "plan.kickoff_moved"
    END_MOVED = "plan.end_moved"
    EVIDENCE_ADDED = "evidence.added"
    EVIDENCE_ACCEPTED = "evidence.accepted"
    EVIDENCE_RETURNED = "evidence.returned"
    MILESTONE_REACHED = "milestone.reached"
    MILESTONE_REOPENED = "milestone.reopened"
    MEASUREMENT_ADDED = "measurement.added"
    MEASUREMENT_ACCEPTED = "measurement.accepted"
    MEASUREMENT_RETURNED = "measurement.returned"
    STAGE_OPENED = "stage.opened"
    STAGE_CLOSED = "stage.closed"
    STAGE_REOPENED = "stage.reopened"
    STAGE_OWNED = "stage.owned"
    CRITERION_MET = "criterion.met"
    CRITERION_UNMET = "criterion.unmet"
    SIGNOFF_REQUESTED = "signoff.requested"
    SIGNOFF_SIGNED = "signoff.signed"
    SIGNOFF_ENDED = "signoff.ended"
    COMMENT_ADDED = "comment.added"
    COMMENT_EDITED = "comment.edited"
    COMMENT_DELETED = "comment.deleted"
    MEETING_PLANNED = "meeting.planned"
    MEETING_MOVED = "meeting.moved"
    MEETING_HELD = "meeting.held"
    MEETING_CANCELLED = "meeting.cancelled"
    MEETING_NOTED = "meeting.noted"
    DECISION_MADE = "meeting.decision"
    WIN_FOUND = "win.found"
    WIN_CONFIRMED = "win.confirmed"
    WIN_DISMISSED = "win.dismissed"
    WIN_SHARED = "win.shared"
    WIN_UNSHARED = "win.unshared"
    MAIL_BOUNCED = "mail.bounced"
    MAIL_RESUMED = "mail.resumed"
    VALUES_CONFIRMED = "values.confirmed"
    VALUES_ASKED = "values.asked"
    CONTRACT_ADDED = "contract.added"
    CONTRACT_CHANGED = "contract.changed"
    CONTRACT_AMENDED = "contract.amended"
    USAGE_IMPORTED = "usage.imported"
    SECURITY_ADDED = "security.added"
    SECURITY_REMOVED = "security.removed"
    RENEWAL_OPENED = "renewal.opened"
    RENEWAL_WINDOW_REACHED = "renewal.window"
    RENEWAL_OFFERED = "renewal.offered"
    RENEWAL_PREFERRED = "renewal.preferred"
    RENEWAL_ITEM_MET = "renewal.item_met"
    RENEWAL_ITEM_UNMET = "renewal.item_unmet"
    RENEWAL_READY = "renewal.ready"
    RENEWAL_UNREADY = "renewal.unready"
    RENEWAL_DECIDED = "renewal.decided"
    EDITION_ISSUED = "edition.issued"
    PERSON_VIEWED_AS = "person.viewed_as"
    PERSON_INVITED = "person.invited"
    PERSON_JOINED = "person.joined"
