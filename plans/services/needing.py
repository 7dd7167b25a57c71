"""Of each thing that a renewal may need whether it is there; else why not, and who owes it. Asks no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.models import SecurityConfirmation, Stakeholder
from plans.choices import RenewalNeed
from plans.models import Measurement, Objective, Renewal, RenewalItem, RenewalOption, Task, Win
from plans.services.criteria import Debtor
from portal.lib.days import long_day

USAGE_DAYS = 28
RECAP_DAYS = 100
GOAL_DAYS = 90
NAMED = 3
"""Things that a sentence names; the others are counted."""
BY_HAND = frozenset({RenewalNeed.CONFIRM, RenewalNeed.GOALS})
"""What a person may say; all else is found out."""


@dataclass(frozen=True)
class Facts:
    """What the judges look at."""

    renewal: Renewal
    today: date
    leads: Sequence[Stakeholder]
    has_lines: bool
    last_usage: date | None
    has_recap: bool
    numbers: Sequence[Measurement]
    wins: Sequence[Win]
    objectives: Sequence[Objective]
    security: Sequence[SecurityConfirmation]
    options: Sequence[RenewalOption]
    late_tasks: Sequence[Task]

    def csm(self) -> tuple[Debtor, ...]:
        owner = self.renewal.plan.account.owner
        return (Debtor(Side.VENDOR, str(owner) if owner else ""),)

    def customer(self) -> tuple[Debtor, ...]:
        return tuple(Debtor(Side.CUSTOMER, str(lead.user)) for lead in self.leads) or (Debtor(Side.CUSTOMER),)

    def debtor(self, item: RenewalItem) -> tuple[Debtor, ...]:
        """Whoever has the task; before there is one, whoever leads that side."""
        if item.task and item.task.owner and not item.task.completed_at:
            return (Debtor(item.task.side, str(item.task.owner)),)
        return self.csm() if item.side == Side.VENDOR else self.customer()


Judged = tuple[bool, str, tuple[Debtor, ...]]
"""Whether it is met, else why not, and who owes it."""


def judge(item: RenewalItem, facts: Facts) -> Judged:
    return _JUDGES[RenewalNeed(item.kind)](item, facts)


def _confirm(item: RenewalItem, facts: Facts) -> Judged:
    if item.confirmed_at or (item.task and item.task.completed_at and item.task.completed_by_id):
        return _MET
    return False, _("Nobody has said so yet."), facts.debtor(item)


def _contract_lines(item: RenewalItem, facts: Facts) -> Judged:
    return _MET if facts.has_lines else (False, _("The contract has no lines yet."), facts.debtor(item))


def _usage(item: RenewalItem, facts: Facts) -> Judged:
    if facts.last_usage is None:
        return False, _("No usage has come in yet."), facts.debtor(item)
    if facts.last_usage >= facts.today - timedelta(days=USAGE_DAYS):
        return _MET
    why = _("The last usage is of %(day)s.") % {"day": long_day(facts.last_usage)}
    return False, why, facts.debtor(item)


def _recap(item: RenewalItem, facts: Facts) -> Judged:
    if facts.has_recap:
        return _MET
    why = _("No value recap was made in the last %(n)d days.") % {"n": RECAP_DAYS}
    return False, why, facts.debtor(item)


def _confirmed_value(item: RenewalItem, facts: Facts) -> Judged:
    open_numbers = [one for one in facts.numbers if one.accepted_at is None]
    open_wins = [one for one in facts.wins if one.confirmed_at is None]
    count = len(open_numbers) + len(open_wins)
    if not facts.numbers and not facts.wins:
        return False, _("There is no number and no win to confirm yet."), facts.csm()
    if not count:
        return _MET
    why = ngettext(
        "%(n)d number or win is not confirmed.", "%(n)d numbers and wins are not confirmed.", count
    )
    # Who claimed a number waits for the other side.
    of_customer = [one for one in open_numbers if one.claimed_side == Side.CUSTOMER]
    owes = facts.csm() if of_customer else ()
    if count > len(of_customer):
        owes += facts.debtor(item) if item.side == Side.CUSTOMER else facts.customer()
    return False, why % {"n": count}, owes


def _security(item: RenewalItem, facts: Facts) -> Judged:
    ends_on = facts.renewal.contract.ends_on
    if not facts.security:
        return False, _("There is no security confirmation."), facts.debtor(item)
    short = [
        (one.name, one.valid_until)
        for one in facts.security
        if one.valid_until and one.valid_until < max(ends_on, facts.today)
    ]
    if not short:
        return _MET
    said = [
        _("“%(name)s” until %(day)s") % {"name": name, "day": long_day(day)} for name, day in short[:NAMED]
    ]
    why = _("Not valid beyond the end of the term: %(names)s.") % {
        "names": _listed(said, len(short) - len(said))
    }
    return False, why, facts.debtor(item)


def _offer(item: RenewalItem, facts: Facts) -> Judged:
    if not facts.options:
        return False, _("The options are not worked out yet."), facts.debtor(item)
    if facts.renewal.offered_at is None:
        return False, _("The customer has not seen the options yet."), facts.debtor(item)
    return _MET


def _preference(item: RenewalItem, facts: Facts) -> Judged:
    if any(option.preferred_at for option in facts.options):
        return _MET
    if facts.renewal.offered_at is None:
        return False, _("The options have not been shown yet."), facts.csm()
    return False, _("Nobody has said yet which option they prefer."), facts.debtor(item)


def _risks(item: RenewalItem, facts: Facts) -> Judged:
    late = facts.late_tasks
    if not late:
        return _MET
    titles = [_("“%(name)s”") % {"name": task.title} for task in late[:NAMED]]
    why = ngettext("%(n)d task is late: %(names)s.", "%(n)d tasks are late: %(names)s.", len(late))
    owes = dict.fromkeys(Debtor(task.side, str(task.owner or "")) for task in late)
    return False, why % {"n": len(late), "names": _listed(titles, len(late) - len(titles))}, tuple(owes)


def _goals(item: RenewalItem, facts: Facts) -> Judged:
    if _confirm(item, facts)[0]:
        return _MET
    latest = {number.objective_id: number.value for number in facts.numbers}
    for goal in facts.objectives:
        ahead = facts.today <= goal.due_on <= facts.today + timedelta(days=GOAL_DAYS)
        if ahead and not (goal.pk in latest and goal.is_reached_by(latest[goal.pk])):
            return _MET
    why = _("No objective is due in the next %(n)d days, and nobody has said that other goals are agreed.")
    return False, why % {"n": GOAL_DAYS}, facts.debtor(item)


def _listed(names: Sequence[str], more: int) -> str:
    text = ", ".join(names)
    if not more:
        return text
    return ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", more) % {"names": text, "n": more}


_MET: Judged = (True, "", ())
_JUDGES: dict[RenewalNeed, Callable[[RenewalItem, Facts], Judged]] = {
    RenewalNeed.CONFIRM: _confirm,
    RenewalNeed.CONTRACT_LINES: _contract_lines,
    RenewalNeed.USAGE: _usage,
    RenewalNeed.RECAP: _recap,
    RenewalNeed.CONFIRMED_VALUE: _confirmed_value,
    RenewalNeed.SECURITY: _security,
    RenewalNeed.OFFER: _offer,
    RenewalNeed.PREFERENCE: _preference,
    RenewalNeed.RISKS: _risks,
    RenewalNeed.GOALS: _goals,
}
