"""Who may do what: one table, read aloud as "to do this one must be …".

Two questions are kept apart. May you see it: `visible_to(user)` on the QuerySet, else 404. May you do it: this
table, else 403. What is not in the table may nobody do.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied

from accounts.choices import Side, StakeholderRole, VendorRole
from accounts.models import Stakeholder, User

ADMIN, CSM, EXECUTIVE = VendorRole.ADMIN, VendorRole.CSM, VendorRole.EXECUTIVE
SPONSOR, CHAMPION = StakeholderRole.SPONSOR, StakeholderRole.CHAMPION
CONTRIBUTOR, VIEWER = StakeholderRole.CONTRIBUTOR, StakeholderRole.VIEWER

_managers: set[str] = {ADMIN, CSM}
_vendor: set[str] = {ADMIN, CSM, EXECUTIVE}
_workers: set[str] = {ADMIN, CSM, SPONSOR, CHAMPION, CONTRIBUTOR}
_leads: set[str] = {ADMIN, CSM, SPONSOR, CHAMPION}
_all: set[str] = {ADMIN, CSM, EXECUTIVE, SPONSOR, CHAMPION, CONTRIBUTOR, VIEWER}

TABLE: dict[str, set[str]] = {
    "account.view": _all,
    "account.list": _vendor,
    "account.edit": _managers,
    "person.invite": {ADMIN, CSM, CHAMPION},
    "person.revoke": {ADMIN, CSM, CHAMPION},
    "people.manage": {ADMIN},
    "connection.view": {ADMIN},
    "delivery.view": {ADMIN},
    "delivery.replay": {ADMIN},
    "deal.enter": _managers,
    "plan.view": _all,
    "plan.go_live": _managers,
    "plan.finish": _managers,
    # On tasks the table is only the first word: `plans/permissions.py` adds side and ownership.
    "task.view": _all,
    "task.complete": _workers,
    "task.block": _workers,
    "task.reopen": _workers,
    "task.reassign": _leads,
    "task.move": _leads,
    "task.add": _managers | {CHAMPION},
    "task.propose": _workers,
    "task.pass": _workers,
    "task.accept_move": _workers,
    "date.answer": _leads,
    "plan.reschedule": _managers,
    "stage.view": _all,
    # On stages, too: managers run them all, others the one that they own (`plans/permissions.py`).
    "stage.manage": _workers,
    "criterion.confirm": _leads,
    "signoff.request": _managers | {CHAMPION},
    "signoff.view": _all,
    "form.fill": _workers,
    # Everything that the account has told; a contributor sees the answers of the forms that are theirs.
    "fact.view": _vendor | {SPONSOR, CHAMPION},
    "comment.add": _all,
    "comment.vendor": _vendor,
    # Anybody deletes their own; managers also what others wrote.
    "comment.delete": _managers,
    "meeting.view": _all,
    "meeting.manage": _managers,
    "meeting.note": _managers | {CHAMPION},
    "win.view": _all,
    "win.edit": _managers,
    "win.confirm": {SPONSOR, CHAMPION},
    "win.dismiss": _managers | {SPONSOR, CHAMPION},
    "person.view_as": _managers,
    "mail.settle": _managers,
    "evidence.view": _all,
    "evidence.add": _workers,
    "evidence.review": _leads,
    "measurement.add": _leads,
    "measurement.review": _leads,
    "edition.view": _vendor | {SPONSOR, CHAMPION},
    "edition.make": _managers,
    # What was sold, and what it cost: money is for those who answer for it.
    "contract.view": _vendor | {SPONSOR, CHAMPION},
    "contract.edit": _managers,
    "security.view": _vendor | {SPONSOR, CHAMPION},
    "security.manage": _managers,
    "cost.view": _vendor,
    "cost.edit": _managers,
    "roi.view": _vendor,
    "cohort.manage": {ADMIN},
    "usage.view": _vendor | {SPONSOR, CHAMPION},
    "usage.import": _managers,
    "feed.manage": {ADMIN},
    "scoreboard.view": _vendor | {SPONSOR, CHAMPION},
    "renewal.view": _vendor | {SPONSOR, CHAMPION},
    "renewal.manage": _managers,
    "renewal.prefer": {SPONSOR, CHAMPION},
    "value.view": _vendor | {SPONSOR, CHAMPION},
    "value.confirm": {SPONSOR, CHAMPION},
    "value.ask": _managers,
    "vendor.edit": {ADMIN},
    "portfolio.view": _vendor,
}

# The first part of an event's verb → what one must be allowed to do to read it; all others are the plan's.
READING = {
    "contract": "contract.view",
    "edition": "edition.view",
    "renewal": "renewal.view",
    "security": "security.view",
    "usage": "usage.view",
}


def action_to_read(verb: str) -> str:
    return READING.get(verb.partition(".")[0], "plan.view")


@dataclass(frozen=True)
class Actor:
    """A person in the role that they have here: the vendor role, or the stakeholder role on this account."""

    user: User
    role: str

    @property
    def side(self) -> Side:
        return self.user.side

    def may(self, action: str) -> bool:
        return self.role in TABLE[action]

    def require(self, action: str) -> None:
        """Raise PermissionDenied (403) unless the table allows the action."""
        if not self.may(action):
            raise PermissionDenied(action)


def actor_on(user: User, account_id: UUID) -> Actor:
    """The person's role on an account; an empty role, which may do nothing, where they have none."""
    if user.vendor_role:
        return Actor(user, user.vendor_role)
    role = (
        Stakeholder.objects.joined()
        .filter(user=user, account_id=account_id)
        .values_list("role", flat=True)
        .first()
    )
    return Actor(user, role or "")


def actor_at_vendor(user: User) -> Actor:
    """For things that belong to no account (people, connections, portfolio): only vendor roles count."""
    return Actor(user, user.vendor_role)
