"""A document that is finished is a line of history, and told to whom it is for."""

from django.utils.translation import override

from accounts.choices import Verb
from accounts.services.recording import record
from plans.services.counting import touch_plan
from reports.kinds import KINDS
from reports.models import Audience, Edition
from reports.titles import edition_title


def issue_edition(edition: Edition) -> None:
    """In the transaction in which it is finished, with the plan locked. What is the vendor's own is no line of a
    history that both sides read, and what comes each week is told by a mail of its own."""
    if edition.audience != Audience.SHARED or not KINDS[edition.kind].announced:
        return
    with override(edition.language):
        subject = edition_title(edition)
    record(
        Verb.EDITION_ISSUED,
        account_id=edition.account_id,
        by=edition.requested_by,
        plan_id=edition.plan_id,
        subject=subject,
        new={"edition": str(edition.pk), "kind": edition.kind},
    )
    if edition.plan_id:
        touch_plan(edition.plan_id)
