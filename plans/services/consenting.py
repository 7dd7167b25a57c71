"""Nobody moves dates that they have not seen move: what a person agrees to, and what they are shown first."""

from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from plans.rescheduling import Outcome
from plans.services.plan_dates import Loaded


@dataclass(frozen=True)
class Consent:
    """`mark` is that of the outcome that was shown, empty while none was; `on_last_day` says yes to putting on the
    plan's last day what would lie past it."""

    mark: str = ""
    on_last_day: bool = False


class Why(StrEnum):
    """Why the outcome is shown now."""

    FIRST = "first"
    CHANGED = "changed"
    END = "end"


class Unseen(Exception):
    """More would move than the person has seen. Nothing was written; show `outcome` and ask."""

    def __init__(self, loaded: Loaded, outcome: Outcome, why: Why) -> None:
        super().__init__(why)
        self.loaded, self.outcome, self.why = loaded, outcome, why


_PAST_THE_END = gettext_lazy(
    "Other dates would lie past the plan's end then. Change it on the task's own page, which shows them."
)


def require_consent(loaded: Loaded, outcome: Outcome, consent: Consent | None, *, root: str = "") -> None:
    """Raise Unseen unless nothing but `root` moves, or the person saw exactly this and agreed.

    `consent` is None for what moves dates without showing them first; past the end it still moves nothing.
    """
    seen = outcome.others(root) or outcome.held_back or outcome.crossed or loaded.past_milestones(outcome)
    if not seen:
        return
    if consent is None:
        if outcome.held_back:
            raise ValidationError({"due_on": _PAST_THE_END})
        return
    if consent.mark != outcome.mark:
        raise Unseen(loaded, outcome, Why.CHANGED if consent.mark else Why.FIRST)
    if outcome.held_back and not consent.on_last_day:
        raise Unseen(loaded, outcome, Why.END)
