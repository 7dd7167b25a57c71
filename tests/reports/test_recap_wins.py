"""A first-value milestone stands in the recap in the words of its win, and says who has confirmed it."""

from datetime import timedelta

import pytest

from plans.models import Task, Win
from plans.services.winning import confirm_win, dismiss_win, word_win
from plans.services.working import complete_task
from tests.factories import actor
from tests.reports.recaps import gather_recap

pytestmark = pytest.mark.django_db


@pytest.fixture
def win(plan, csm, champion) -> Win:
    for task in Task.objects.filter(plan=plan).order_by("position"):
        person = csm if task.side == "vendor" else champion
        complete_task(by=actor(person, plan), task=task, version=task.version)
    return Win.objects.get()


def outcome_of(plan):
    today = plan.account.today()
    recap = gather_recap(
        plan, period_from=today - timedelta(1), period_to=today, language="en", requested_by=None
    )
    (outcome,) = recap.outcomes
    return outcome


def test_a_win_lends_its_words_and_its_confirmation(plan, csm, champion, sponsor, win) -> None:
    assert (outcome_of(plan).title, outcome_of(plan).confirmed_by) == ("First value", "")
    win = word_win(
        by=actor(csm, plan),
        win=win,
        version=win.version,
        title="Quotes leave the same day",
        before="two days",
        after="eight hours",
        credited=[champion],
        credits_others="The night shift",
    )
    confirm_win(by=actor(sponsor, plan), win=win, version=win.version)
    outcome = outcome_of(plan)
    assert (outcome.title, outcome.before, outcome.after) == (
        "Quotes leave the same day",
        "two days",
        "eight hours",
    )
    assert (outcome.confirmed_by, outcome.credited) == ("Sam Sponsor", ("Chloe Champion", "The night shift"))


def test_words_of_a_win_that_was_taken_back_are_not_printed(plan, csm, win) -> None:
    win = word_win(by=actor(csm, plan), win=win, version=win.version, title="Too good")
    dismiss_win(by=actor(csm, plan), win=win, version=win.version, reason="It was a test quote.")
    assert outcome_of(plan).title == "First value"
