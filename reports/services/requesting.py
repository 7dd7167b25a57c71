"""Asking for an edition, and asking again for one that could not be made."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.permissions import Actor
from plans.models import Plan
from portal.lib import clock
from portal.lib.queue import enqueue
from reports.models import Edition, Step

RECAP = "recap"
KINDS = frozenset({RECAP})
JOB = "reports.make_edition"
TRIES = 5


def request_edition(
    *, by: Actor | None, plan: Plan, period_from: date, period_to: date, kind: str = RECAP
) -> Edition:
    """Have a document made about `plan` from the first to the last day; `by` is None for the portal itself.

    The same request while one is in the making returns that one. Raises PermissionDenied, and ValidationError by
    field: a draft plan, a period that ends before it begins or that is not over yet.
    """
    if by:
        by.require("edition.make")
    _require_sense(plan, kind, period_from, period_to)
    language = (by.user.language if by else "") or settings.LANGUAGE_CODE
    same = {
        "plan": plan,
        "kind": kind,
        "period_from": period_from,
        "period_to": period_to,
        "language": language,
    }
    for _try in range(TRIES):
        # The constraint decides, not a look beforehand: of ten requests at one moment one is kept.
        try:
            with transaction.atomic():
                edition = Edition.objects.create(
                    account_id=plan.account_id, requested_by=by.user if by else None, **same
                )
                enqueue(JOB, str(edition.pk))
                return edition
        except IntegrityError:
            found = Edition.objects.in_the_making().filter(**same).first()
            if found:
                return found
        # The other one was finished in between: try once more to make ours.
    raise ValidationError(_("The same recap is being made again and again. Try again in a minute."))


def retry_edition(*, by: Actor, edition: Edition) -> Edition:
    """Try a failed edition again, from the snapshot that it has. Returns the one that is in the making.

    Raises PermissionDenied, and ValidationError for one that has not failed.
    """
    by.require("edition.make")
    failed = Edition.objects.filter(pk=edition.pk, failed_at__isnull=False, finished_at__isnull=True)
    try:
        with transaction.atomic():
            taken = failed.update(failed_at=None, reason="", attempts=0, due_at=clock.now(), step=Step.QUEUED)
            if not taken:
                raise ValidationError(_("Only a recap that could not be made can be tried again."))
            enqueue(JOB, str(edition.pk))
    except IntegrityError:
        # The same was asked for anew in the meantime.
        return Edition.objects.in_the_making().get(
            plan=edition.plan_id,
            kind=edition.kind,
            period_from=edition.period_from,
            period_to=edition.period_to,
            language=edition.language,
        )
    return Edition.objects.get(pk=edition.pk)


def _require_sense(plan: Plan, kind: str, period_from: date, period_to: date) -> None:
    if kind not in KINDS:
        raise ValidationError({"kind": _("There is no document of this kind.")})
    if plan.live_at is None:
        raise ValidationError({"plan": _("This plan is a draft. A recap can be made once it is live.")})
    today = plan.account.today()
    errors = {}
    if period_from > today:
        errors["period_from"] = _("This day has not come yet.")
    if period_to > today:
        errors["period_to"] = _("This day has not come yet.")
    elif period_to < period_from:
        errors["period_to"] = _("The period ends before it begins.")
    if errors:
        raise ValidationError(errors)
