"""What a document is about: a plan, an account, a win or a renewal; and for whom it is made as a rule."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account
from plans.models import Plan, Renewal, Win
from reports.kinds import About, Kind
from reports.models import Audience


@dataclass(frozen=True)
class Subject:
    """`audience` is the usual one of this very subject: a renewal that is not ready is the vendor's own matter."""

    account: Account
    plan: Plan | None
    subject_id: UUID | None = None
    audience: str = ""


def find_subject(
    kind: Kind, *, plan: Plan | None, account: Account | None, subject_id: UUID | None
) -> Subject:
    """Raises ValidationError, by the name of what is missing or cannot have a document of this kind."""
    found = _FIND[kind.about](plan, account, subject_id)
    if found.plan and found.plan.live_at is None:
        raise ValidationError({"plan": _("This plan is a draft. Documents can be made once it is live.")})
    return found


def audience_for(kind: Kind, subject: Subject, asked: str) -> str:
    """`asked`, or the usual one. Raises ValidationError for one that this document is not made for."""
    audience = asked or subject.audience or kind.audiences[0]
    if audience not in kind.audiences:
        raise ValidationError({"audience": _("This document is not made for them.")})
    if subject.audience == Audience.INTERNAL and audience == Audience.SHARED:
        said = _("The renewal is not ready yet. Until then its packet is a draft, only for us.")
        raise ValidationError({"audience": said})
    return audience


def _plan(plan: Plan | None, account: Account | None, subject_id: UUID | None) -> Subject:
    if plan is None:
        raise ValidationError({"plan": _("Choose the plan that it is about.")})
    return Subject(plan.account, plan)


def _account(plan: Plan | None, account: Account | None, subject_id: UUID | None) -> Subject:
    """With the plan that runs there, the latest of several."""
    account = plan.account if plan else account
    if account is None:
        raise ValidationError({"account": _("Choose the account that it is about.")})
    return Subject(account, plan or account.plans.live().running().order_by("-live_at").first())


def _win(plan: Plan | None, account: Account | None, subject_id: UUID | None) -> Subject:
    win = Win.objects.standing().select_related("plan__account").filter(pk__in=[subject_id]).first()
    if win is None:
        raise ValidationError({"win": _("Choose the win that it is about.")})
    return Subject(win.plan.account, win.plan, win.pk)


def _renewal(plan: Plan | None, account: Account | None, subject_id: UUID | None) -> Subject:
    renewal = Renewal.objects.select_related("plan__account").filter(pk__in=[subject_id]).first()
    if renewal is None:
        raise ValidationError({"renewal": _("Choose the renewal that it is about.")})
    audience = Audience.SHARED if renewal.ready_at else Audience.INTERNAL
    return Subject(renewal.plan.account, renewal.plan, renewal.pk, audience)


_FIND = {About.PLAN: _plan, About.ACCOUNT: _account, About.WIN: _win, About.RENEWAL: _renewal}
