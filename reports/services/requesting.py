"""Asking for an edition, asking again for one that could not be made, and calling one off."""

import hashlib
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import Actor
from accounts.services.branding import current_vendor
from plans.models import Plan
from portal.lib import clock
from portal.lib.queue import enqueue
from reports.kinds import KINDS, Span
from reports.models import Edition, Step
from reports.scoreboard.weeks import FIRST_YEAR
from reports.services.subjects import audience_for, find_subject

RECAP = "recap"
JOB = "reports.make_edition"
TRIES = 5


def request_edition(
    *,
    by: Actor | None,
    period_from: date,
    period_to: date,
    kind: str = RECAP,
    plan: Plan | None = None,
    account: Account | None = None,
    subject_id: UUID | None = None,
    language: str = "",
    paper: str = "",
    audience: str = "",
) -> Edition:
    """Have a document made about `plan`, `account`, or the win or renewal `subject_id`, from the first to the last day.

    `by` is None for the portal itself. What is left out is as usual: the person's language, the vendor's paper, the
    kind's usual audience. The same request while one is in the making returns that one. Raises PermissionDenied,
    and ValidationError by field: a draft plan, a period that ends before it begins or that is not over yet.
    """
    if by:
        by.require("edition.make")
    if kind not in KINDS:
        raise ValidationError({"kind": _("There is no document of this kind.")})
    subject = find_subject(KINDS[kind], plan=plan, account=account, subject_id=subject_id)
    # With the first and the last days of the calendar nothing can be reckoned.
    if not FIRST_YEAR <= period_from.year < date.max.year:
        raise ValidationError({"period_from": _("This year cannot be meant.")})
    begins, ends = _days(KINDS[kind].span, period_from, period_to)
    _require_sense(KINDS[kind].span, subject.account.today(), begins, ends)
    asked: dict[str, object] = {
        "account_id": subject.account.pk,
        "plan_id": subject.plan.pk if subject.plan else None,
        "kind": kind,
        "subject_id": subject.subject_id,
        "audience": audience_for(KINDS[kind], subject, audience),
        "period_from": begins,
        "period_to": ends,
        "language": language or (by.user.language if by else "") or settings.LANGUAGE_CODE,
        "paper": paper or current_vendor().paper,
    }
    return _put_down(asked, by)


def retry_edition(*, by: Actor, edition: Edition) -> Edition:
    """Try a failed or called-off edition again, from the snapshot that it has. Returns the one in the making.

    Raises PermissionDenied, and ValidationError for one that has neither failed nor been called off, or whose facts
    were never read and are not for these readers any more.
    """
    by.require("edition.make")
    if not edition.snapshot_sha256:
        kind = KINDS[edition.kind]
        subject = find_subject(
            kind, plan=edition.plan, account=edition.account, subject_id=edition.subject_id
        )
        audience_for(kind, subject, edition.audience)
    ended = Edition.objects.filter(pk=edition.pk, finished_at__isnull=True).exclude(
        failed_at__isnull=True, cancelled_at__isnull=True
    )
    try:
        with transaction.atomic():
            taken = ended.update(
                failed_at=None,
                cancelled_at=None,
                cancelled_by=None,
                reason="",
                attempts=0,
                due_at=clock.now(),
                step=Step.QUEUED,
            )
            if not taken:
                raise ValidationError(_("Only a document that was not made can be tried again."))
            enqueue(JOB, str(edition.pk))
    except IntegrityError:
        # The same was asked for anew in the meantime.
        return Edition.objects.in_the_making().get(request_key=edition.request_key)
    return Edition.objects.get(pk=edition.pk)


def cancel_edition(*, by: Actor, edition: Edition) -> None:
    """Call off an edition that is not finished; the worker that has it stops at its next step.

    Raises PermissionDenied, and ValidationError for one that is finished or has ended already.
    """
    by.require("edition.make")
    called_off = (
        Edition.objects.in_the_making()
        .filter(pk=edition.pk)
        .update(cancelled_at=clock.now(), cancelled_by=by.user)
    )
    if not called_off:
        raise ValidationError(_("It is not being made any more."))


def _put_down(asked: dict[str, object], by: Actor | None) -> Edition:
    key = hashlib.sha256(repr(sorted(asked.items())).encode()).hexdigest()
    for _try in range(TRIES):
        # The constraint decides, not a look beforehand: of ten requests at one moment one is kept.
        try:
            with transaction.atomic():
                edition = Edition.objects.create(
                    request_key=key, requested_by=by.user if by else None, **asked
                )
                enqueue(JOB, str(edition.pk))
                return edition
        except IntegrityError:
            found = Edition.objects.in_the_making().filter(request_key=key).first()
            if found:
                return found
        # The other one was finished in between: try once more to make ours.
    raise ValidationError(_("The same document is being made again and again. Try again in a minute."))


def _days(span: Span, period_from: date, period_to: date) -> tuple[date, date]:
    """The whole week that the first day is in; the one day as of which it is."""
    if span is Span.WEEK:
        monday = period_from - timedelta(days=period_from.weekday())
        return monday, monday + timedelta(days=6)
    return (period_to, period_to) if span is Span.DAY else (period_from, period_to)


def _require_sense(span: Span, today: date, period_from: date, period_to: date) -> None:
    errors = {}
    if period_from > today:
        errors["period_from"] = _("This day has not come yet.")
    # A week may be asked for before it is over; it then says so.
    if period_to > today and span is not Span.WEEK:
        errors["period_to"] = _("This day has not come yet.")
    elif period_to < period_from:
        errors["period_to"] = _("The period ends before it begins.")
    if errors:
        raise ValidationError(errors)
