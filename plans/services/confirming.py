"""Several numbers confirmed at once by the customer, each as if it were the only one; and asking for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.choices import Side, Verb
from accounts.models import Event
from accounts.permissions import Actor
from accounts.services.recording import record
from plans.models import Evidence, Measurement, Plan, Win
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.measuring import accept_measurement
from plans.services.taking import require_running
from plans.services.winning import WinConflict, confirm_win
from portal.lib import clock

AT_ONCE = 200
"""Numbers that one answer may confirm."""
PAUSE = timedelta(hours=20)
"""Between two times of asking: one a day."""


@dataclass(frozen=True)
class Confirmed:
    """Titles of what was confirmed, and of what was left out because it had changed meanwhile."""

    titles: tuple[str, ...]
    left_out: tuple[str, ...]


@transaction.atomic
def confirm_values(
    *, by: Actor, plan: Plan, numbers: Sequence[UUID] = (), wins: Mapping[UUID, int] | None = None
) -> Confirmed:
    """`wins` are versions by id, as they were shown. What somebody has judged, changed or taken back since then is left
    out and named; nothing else is lost by that."""
    by.require("value.confirm")
    wins = wins or {}
    if not numbers and not wins:
        raise ValidationError(_("Choose at least one number."))
    if len(numbers) + len(wins) > AT_ONCE:
        raise ValidationError(_("At most %(n)d numbers can be confirmed at once.") % {"n": AT_ONCE})
    require_running(lock_plan(plan.pk))
    done: list[str] = []
    left: list[str] = []
    found = Measurement.objects.filter(plan=plan, pk__in=numbers).select_related("objective")
    for number in found.order_by("objective__position", "measured_on"):
        (done if _confirm_number(by, number) else left).append(number.objective.title)
    for win in Win.objects.filter(plan=plan, pk__in=wins).order_by("reached_on", "found_at"):
        (done if _confirm_win(by, win, wins[win.pk]) else left).append(win.title)
    if done:
        _record(Verb.VALUES_CONFIRMED, by, plan, done)
        touch_plan(plan.pk)
    return Confirmed(tuple(done), tuple(left))


@transaction.atomic
def ask_for_confirmation(*, by: Actor, plan: Plan) -> list[str]:
    """Tell the customer's champion and sponsor that numbers wait for their word; once a day. Answers the titles."""
    by.require("value.ask")
    require_running(lock_plan(plan.pk))
    titles = [one.objective.title for one in open_numbers(plan)] + [one.title for one in open_wins(plan)]
    if not titles:
        raise ValidationError(_("Nothing waits for the customer's confirmation."))
    lately = Event.objects.filter(plan_id=plan.pk, verb=Verb.VALUES_ASKED, at__gt=clock.now() - PAUSE)
    if lately.exists():
        raise ValidationError(_("The customer was asked today already."))
    _record(Verb.VALUES_ASKED, by, plan, titles)
    touch_plan(plan.pk)
    return titles


def open_numbers(plan: Plan) -> list[Measurement]:
    """The vendor's values that nobody has judged, with what proves them."""
    found = Measurement.objects.waiting().filter(plan=plan, claimed_side=Side.VENDOR)
    found = found.select_related("objective", "claimed_by", "accepted_by", "evidence")
    return list(found.order_by("objective__position", "measured_on", "claimed_at"))


def open_wins(plan: Plan) -> list[Any]:
    """Wins that the customer has not confirmed; `proved` says that its milestone has accepted evidence."""
    proofs = Evidence.objects.filter(task__milestone=OuterRef("milestone"), accepted_at__isnull=False)
    found = Win.objects.to_confirm().filter(plan=plan).annotate(proved=Exists(proofs))
    people = ("measurement__claimed_by", "measurement__accepted_by")
    return list(found.select_related("objective", "measurement__evidence", *people))


def _confirm_number(by: Actor, number: Measurement) -> bool:
    try:
        accept_measurement(by=by, measurement=number)
    except ValidationError:
        return False
    return True


def _confirm_win(by: Actor, win: Win, version: int) -> bool:
    """Whether others may be told is asked on the win's own page."""
    try:
        confirm_win(by=by, win=win, version=version)
    except (ValidationError, WinConflict):
        return False
    return True


def _record(verb: Verb, by: Actor, plan: Plan, titles: Sequence[str]) -> None:
    record(
        verb,
        account_id=plan.account_id,
        plan_id=plan.pk,
        by=by.user,
        subject=", ".join(dict.fromkeys(titles)),
        new={"count": len(titles)},
    )
