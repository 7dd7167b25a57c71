"""Wins: found where a measurement reaches its target or a first-value milestone is reached; then worded by the
vendor, confirmed by the customer, and told to others only with consent.

The `find_…` functions run inside the act that makes the win, with the plan locked; the act counts afterwards.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.choices import Side, Verb
from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from plans.models import Measurement, Milestone, Objective, Plan, Task, Win
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.recording import record_on
from portal.lib import clock

AIM_DAYS = 14
"""From the signature to the first value: a small result within two weeks is the aim."""
ALARM_DAYS = 30
"""Nothing for a month is a signal."""


class WinConflict(Exception):
    """Somebody else changed the win since it was shown. Nothing was written; `win` is as it is now."""

    def __init__(self, win: Win) -> None:
        super().__init__(f"win {win.pk} is at version {win.version}")
        self.win = win


def find_win_of_objective(measurement: Measurement, by: User) -> Win | None:
    """A win to confirm, where this is the first measurement that reaches the target."""
    objective = measurement.objective
    if not objective.is_reached_by(measurement.value):
        return None
    if Win.objects.standing().filter(objective=objective).exists():
        return None
    win = Win(objective=objective, measurement=measurement, title=objective.title)
    return _put_found(win, objective, measurement.measured_on, by, [measurement.claimed_by])


def find_win_of_milestone(milestone: Milestone, by: User | None) -> Win | None:
    """A win to confirm, where the milestone is marked as first value; credited are those who did its tasks."""
    if not milestone.first_value or milestone.reached_at is None:
        return None
    if Win.objects.standing().filter(milestone=milestone).exists():
        return None
    done = Task.objects.filter(milestone=milestone, completed_by__isnull=False)
    people = User.objects.filter(pk__in=done.values("completed_by"))
    day = milestone.reached_at.astimezone(milestone.account.zone).date()
    return _put_found(Win(milestone=milestone, title=milestone.title), milestone, day, by, people)


def drop_unconfirmed(
    *, by: User | None, milestone: Milestone | None = None, objective: Objective | None = None
) -> None:
    """What it stood on is gone: a win that nobody has confirmed yet goes, too. A confirmed one stays as it is."""
    wins = Win.objects.to_confirm()
    wins = wins.filter(milestone=milestone) if milestone else wins.filter(objective=objective)
    for win in wins:
        win.dismissed_at, win.dismissed_by = clock.now(), by
        win.dismiss_reason = _("What it stood on no longer holds.")
        win.version += 1
        win.save(update_fields=["dismissed_at", "dismissed_by", "dismiss_reason", "version"])
        _record(Verb.WIN_DISMISSED, by, win, reason=win.dismiss_reason)
        _settle_first_value(win.plan_id)


@transaction.atomic
def word_win(
    *,
    by: Actor,
    win: Win,
    version: int,
    title: str,
    before: str = "",
    after: str = "",
    story: str = "",
    next_step: str = "",
    credited: Collection[User] = (),
    credits_others: str = "",
) -> Win:
    """Say it in words that one can forward. What the customer has confirmed keeps the words that they confirmed."""
    by.require("win.edit")
    win = _take(win, version)
    if win.confirmed_at:
        raise ValidationError(_("The customer has confirmed these words. They stay as they are."))
    foreign = {person.pk for person in credited} - {person.pk for person in people_to_credit(win.account_id)}
    if foreign:
        raise ValidationError({"credited": _("Choose people of this account or of ours.")})
    win.title, win.before, win.after = title.strip(), before.strip(), after.strip()
    win.story, win.next_step, win.credits_others = story.strip(), next_step.strip(), credits_others.strip()
    _put(win, ["title", "before", "after", "story", "next_step", "credits_others"])
    win.credited.set(credited)
    touch_plan(win.plan_id)
    return win


@transaction.atomic
def confirm_win(*, by: Actor, win: Win, version: int, may_share: bool = False) -> Win:
    """The customer says that it is so, and whether the vendor may tell others."""
    by.require("win.confirm")
    win = _take(win, version)
    if win.confirmed_at:
        raise ValidationError(_("%(name)s has confirmed this win already.") % {"name": win.confirmed_by})
    win.confirmed_at, win.confirmed_by = clock.now(), by.user
    if may_share:
        win.share_consent_at, win.share_consent_by = win.confirmed_at, by.user
    _put(win, ["confirmed_at", "confirmed_by", "share_consent_at", "share_consent_by"])
    _record(Verb.WIN_CONFIRMED, by.user, win)
    if may_share:
        _record(Verb.WIN_SHARED, by.user, win)
    touch_plan(win.plan_id)
    return win


@transaction.atomic
def consent_to_share(*, by: Actor, win: Win, version: int, consent: bool) -> Win:
    """Give the consent later, or take it back at any time."""
    by.require("win.confirm")
    win = _take(win, version)
    if not win.confirmed_at:
        raise ValidationError(_("Confirm the win first."))
    if consent == bool(win.share_consent_at):
        raise ValidationError(_("It is so already."))
    win.share_consent_at, win.share_consent_by = (clock.now(), by.user) if consent else (None, None)
    _put(win, ["share_consent_at", "share_consent_by"])
    _record(Verb.WIN_SHARED if consent else Verb.WIN_UNSHARED, by.user, win)
    touch_plan(win.plan_id)
    return win


@transaction.atomic
def dismiss_win(*, by: Actor, win: Win, version: int, reason: str) -> Win:
    """Not a win after all; either side may say so while it is not confirmed, and says why."""
    by.require("win.dismiss")
    win = _take(win, version)
    if win.confirmed_at:
        raise ValidationError(_("%(name)s has confirmed this win already.") % {"name": win.confirmed_by})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this is not a win.")})
    win.dismissed_at, win.dismissed_by, win.dismiss_reason = clock.now(), by.user, reason.strip()
    _put(win, ["dismissed_at", "dismissed_by", "dismiss_reason"])
    _record(Verb.WIN_DISMISSED, by.user, win, reason=win.dismiss_reason)
    _settle_first_value(win.plan_id)
    touch_plan(win.plan_id)
    return win


def people_to_credit(account_id: UUID) -> Sequence[User]:
    """The account's people, then the vendor's."""
    present = Stakeholder.objects.present().filter(account=account_id)
    customers = User.objects.filter(is_active=True, pk__in=present.values("user"))
    return sorted(
        [*customers, *User.objects.vendor()], key=lambda one: (one.side != Side.CUSTOMER, str(one).lower())
    )


def _put_found(
    win: Win, of: Objective | Milestone, reached_on: date, by: User | None, credited: Iterable[User]
) -> Win:
    win.account_id, win.plan_id, win.reached_on = of.account_id, of.plan_id, reached_on
    win.title = win.title[:200]
    win.save(force_insert=True)
    win.credited.set(credited)
    _record(Verb.WIN_FOUND, by, win)
    _settle_first_value(win.plan_id)
    return win


def _take(win: Win, version: int) -> Win:
    """Guard: the plan still runs, the win still stands, nobody was faster."""
    plan = lock_plan(win.plan_id)
    locked = Win.objects.select_for_update(of=("self",)).select_related("confirmed_by").get(pk=win.pk)
    locked.plan = plan
    if locked.dismissed_at:
        raise ValidationError(_("Somebody has said that this is not a win."))
    if locked.version != version:
        raise WinConflict(locked)
    return locked


def _put(win: Win, fields: list[str]) -> None:
    win.version += 1
    win.save(update_fields=[*fields, "version"])


def _settle_first_value(plan_id: UUID) -> None:
    """The first day with a win that stands, confirmed or not; None without one."""
    first = Win.objects.standing().filter(plan=plan_id).aggregate(first=Min("reached_on"))["first"]
    Plan.objects.filter(pk=plan_id).update(first_value_on=first)


def _record(verb: Verb, by: User | None, win: Win, reason: str = "") -> None:
    record_on(
        win,
        verb,
        by=by,
        subject=win.title,
        new={"win": str(win.pk)} | ({"reason": reason} if reason else {}),
    )
