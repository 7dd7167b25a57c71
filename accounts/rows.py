"""Rows for the pages about who: plain strings, made in one place, so that templates only place them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.models import Account, Deal, Invitation, SecurityConfirmation, Stakeholder, User
from accounts.permissions import Actor
from portal.lib.days import long_day, period, short_day
from portal.lib.money import money_text


def account_head(account: Account, by: Actor) -> dict[str, Any]:
    """How the vendor sorts its customers is for the vendor's eyes."""
    sorting = [(_("Segment"), account.get_segment_display()), (_("Touch"), account.get_touch_display())]
    facts = [
        *(sorting if by.side == Side.VENDOR else []),
        (_("Success manager"), account.owner or _("nobody yet")),
        (_("Domain"), account.domain),
        (_("Industry"), account.industry),
        (_("Country"), account.country),
        (_("Time zone"), account.time_zone),
    ]
    return {
        "id": str(account.pk),
        "name": account.name,
        "url": reverse("account_page", args=[account.pk]),
        "facts": [{"label": label, "value": str(value)} for label, value in facts if value],
    }


def account_row(account: Account, plans: list[Any]) -> dict[str, Any]:
    """A line of the list. `plans` are those of the account; one is named, several are counted."""
    plan = plan_row(plans[0], account.today()) if len(plans) == 1 else None
    count = ngettext("%(n)d plan", "%(n)d plans", len(plans)) % {"n": len(plans)}
    return {
        "name": account.name,
        "url": reverse("account_page", args=[account.pk]),
        "segment_label": str(account.get_segment_display()),
        "owner_name": str(account.owner or _("nobody yet")),
        "plan_label": plan["name"] if plan else count,
        "plan_url": plan["url"] if plan else "",
        "status": plan["status"] if plan else "",
        "status_label": plan["status_label"] if plan else "",
    }


def plan_row(plan: Any, today: date) -> dict[str, Any]:
    """A `plans.models.Plan` (which this wing does not import) in a list, its account joined on."""
    late = plan.state == "live" and plan.next_due_on is not None and plan.next_due_on < today
    labels = {
        "draft": ("", _("Draft")),
        "live": ("late", _("Late")) if late else ("ok", _("On course")),
        "completed": ("ok", _("Completed")),
        "closed": ("", _("Closed")),
    }
    status, status_label = labels[plan.state]
    next_on = plan.next_due_on if plan.state == "live" else None
    return {
        "name": plan.name,
        "url": reverse("plan_detail", args=[plan.pk]),
        "account_name": plan.account.name,
        "progress_percent": plan.progress_percent,
        "progress_label": _("%(done)d of %(total)d tasks done")
        % {"done": plan.tasks_done, "total": plan.tasks_total},
        "status": status,
        "status_label": status_label,
        "next_label": _("Next date: %(day)s") % {"day": short_day(next_on)} if next_on else "",
    }


def stakeholder_row(stakeholder: Stakeholder, invitation: Invitation | None, by: Actor) -> dict[str, Any]:
    """`note` says how somebody stands who is not simply in; `remove_url` is "" where the viewer may not."""
    removable = by.may("person.revoke") and stakeholder.user_id != by.user.pk
    where = [stakeholder.account_id, stakeholder.pk]
    return {
        "id": str(stakeholder.pk),
        "name": str(stakeholder.user),
        "email": stakeholder.user.email,
        "initials": stakeholder.user.initials,
        "role_label": str(stakeholder.get_role_display()),
        "note": _standing(stakeholder, invitation),
        "remove_url": reverse("stakeholder_remove", args=where) if removable else "",
        **_mail(stakeholder, by),
    }


def _mail(stakeholder: Stakeholder, by: Actor) -> dict[str, str]:
    """Whether mail reaches the person, and what the vendor's managers may say of it; nothing for others."""
    if not by.may("mail.settle"):
        return {"mail_note": "", "mail_url": "", "mail_label": ""}
    preference = getattr(stakeholder.user, "mail_preference", None)
    stopped = preference is not None and preference.stopped_at is not None
    name = "mail_resume" if stopped else "mail_stop"
    return {
        "mail_note": _("Mail came back, none is sent") if stopped else "",
        "mail_url": reverse(name, args=[stakeholder.account_id, stakeholder.pk]),
        "mail_label": _("Mail works again") if stopped else _("Mail does not arrive"),
    }


def invitation_row(invitation: Invitation, by: Actor) -> dict[str, Any]:
    state = invitation.state
    until = {"day": long_day(invitation.expires_at)}
    return {
        "id": str(invitation.pk),
        "email": invitation.stakeholder.user.email,
        "role_label": str(invitation.stakeholder.get_role_display()),
        "by": str(invitation.invited_by or ""),
        "state": state,
        "state_label": invitation_state_label(state),
        "until_label": _("until %(day)s") % until if state == "open" else "",
        "can_revoke": state in ("open", "expired") and by.may("person.revoke"),
    }


def open_invitation_rows(user: User) -> list[dict[str, Any]]:
    """The invitations that wait for this person, for their home."""
    waiting = Invitation.objects.live().filter(stakeholder__user=user, stakeholder__removed_at__isnull=True)
    return [
        {
            "id": str(invitation.pk),
            "account_name": invitation.account.name,
            "by": str(invitation.invited_by or ""),
            "until_label": long_day(invitation.expires_at),
        }
        for invitation in waiting.select_related("account", "invited_by", "stakeholder")
    ]


def deal_row(deal: Deal) -> dict[str, Any]:
    """A deal and the term that it bought, its contract joined on."""
    contract = getattr(deal, "contract", None)
    return {
        "name": deal.name,
        "source_label": deal.source,
        "closed_label": _("closed on %(day)s") % {"day": long_day(deal.closed_on)}
        if deal.closed_on
        else _("day of closing unknown"),
        "amount_label": money_text(deal.amount, deal.currency) if deal.amount is not None else "",
        "term_label": period(contract.starts_on, contract.ends_on) if contract else "",
    }


def edition_row(edition: Any) -> dict[str, Any]:
    """A `reports.models.Edition` (which this wing does not import)."""
    return {
        "title": edition.get_kind_display(),
        "url": reverse("edition_detail", args=[edition.pk]),
        "when_label": period(edition.period_from, edition.period_to),
    }


def invitation_state_label(state: str) -> str:
    return {
        "open": _("invited"),
        "accepted": _("accepted"),
        "revoked": _("revoked"),
        "expired": _("expired"),
    }[state]


def latest_by_stakeholder(invitations: Iterable[Invitation]) -> dict[Any, Invitation]:
    """The newest invitation of each person; `invitations` come newest first."""
    latest: dict[Any, Invitation] = {}
    for invitation in invitations:
        latest.setdefault(invitation.stakeholder_id, invitation)
    return latest


def _standing(stakeholder: Stakeholder, invitation: Invitation | None) -> str:
    if not stakeholder.user.is_active:
        return _("access closed")
    if stakeholder.joined_at:
        return ""
    if invitation is None or invitation.state == "accepted":
        return _("not invited yet")
    return invitation_state_label(invitation.state)


SOON_EXPIRED = timedelta(days=30)


def confirmation_row(one: SecurityConfirmation, today: date, removable: bool) -> dict[str, Any]:
    """A security confirmation; one that has expired says so, one that will within a month, too."""
    until = one.valid_until
    if until and until < today:
        state, label = "late", _("Expired")
    elif one.valid_from and one.valid_from > today:
        state, label = "", _("Not valid yet")
    elif until and until - today <= SOON_EXPIRED:
        state, label = "due", _("Expires soon")
    else:
        state, label = "ok", _("Valid")
    return {
        "name": one.name,
        "issuer": one.issuer,
        "state": state,
        "state_label": label,
        "term_label": _term(one.valid_from, until),
        "file_url": reverse("security_file", args=[one.pk]) if one.file else "",
        "file_label": f"{one.file_name} ({filesizeformat(one.size or 0)})" if one.file else "",
        "url": one.url,
        "remove_url": reverse("security_remove", args=[one.pk]) if removable else "",
    }


def _term(first: date | None, last: date | None) -> str:
    if first and last:
        return period(first, last)
    if last:
        return _("until %(day)s") % {"day": long_day(last)}
    return _("since %(day)s") % {"day": long_day(first)} if first else _("without an end")
