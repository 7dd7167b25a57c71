"""What concerns a person, read and unread, as far as they may still see it."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Stakeholder, User
from plans.models import Notification
from portal.lib import clock


def seen_by(user: User) -> "QuerySet[Notification]":
    """Theirs, on accounts that they have not been removed from."""
    return _still_seen(Notification.objects.filter(user=user))


def unread_of(notifications: "QuerySet[Notification]") -> "QuerySet[Notification]":
    """Those unread ones that their people may still see."""
    return _still_seen(notifications.filter(read_at=None))


@transaction.atomic
def mark_read(*, by: User, notification_id: UUID) -> bool:
    """Twice is harmless; False for what is not theirs."""
    theirs = seen_by(by).filter(pk=notification_id)
    if not theirs.exists():
        return False
    Notification.objects.filter(pk=notification_id, read_at=None).update(read_at=clock.now())
    return True


def mark_all_read(*, by: User, until: UUID | None = None) -> int:
    """All that were there when the page was shown: what came after the newest one on it stays unread."""
    unread = Notification.objects.unread().filter(user=by)
    newest = (
        Notification.objects.filter(user=by, pk=until or UUID(int=0))
        .values_list("created_at", flat=True)
        .first()
    )
    if newest:
        unread = unread.filter(created_at__lte=newest)
    return unread.update(read_at=clock.now())


def _still_seen(notifications: "QuerySet[Notification]") -> "QuerySet[Notification]":
    here = Stakeholder.objects.joined().filter(user=OuterRef("user_id"), account=OuterRef("account_id"))
    return notifications.filter(~Q(user__vendor_role="") | Exists(here))
