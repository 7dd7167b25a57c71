"""Wins: found by the portal, worded by the vendor, confirmed by the customer, shared with consent."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.choices import Verb
from accounts.models import Event
from plans.models import Milestone, Plan, Task, Win
from plans.pages.wins import first_value
from plans.services.measuring import accept_measurement, add_measurement, return_measurement
from plans.services.winning import WinConflict, confirm_win, consent_to_share, dismiss_win, word_win
from plans.services.working import complete_task, reopen_task
from tests.factories import WinFactory, actor, objective_of

pytestmark = pytest.mark.django_db


def measure(plan, person, value: str, days_ago: int = 0):
    objective = objective_of(plan)
    day = plan.account.today() - timedelta(days_ago)
    return add_measurement(by=actor(person, plan), objective=objective, value=Decimal(value), measured_on=day)


def finish(plan, csm, champion, *keys: str) -> None:
    for key in keys:
        task = Task.objects.get(plan=plan, key=key)
        person = csm if task.side == "vendor" else champion
        complete_task(by=actor(person, plan), task=task, version=task.version)


def test_the_first_measurement_at_the_target_makes_one_win(plan, champion) -> None:
    measure(plan, champion, "12")
    assert not Win.objects.exists()
    reached = measure(plan, champion, "8", days_ago=1)
    measure(plan, champion, "6")
    win = Win.objects.get()
    assert (win.measurement, win.title, list(win.credited.all())) == (
        reached,
        "Quotes are faster",
        [champion],
    )
    plan.refresh_from_db()
    assert plan.first_value_on == reached.measured_on
    assert Event.objects.get(plan_id=plan.pk, verb=Verb.WIN_FOUND).subject == "Quotes are faster"


def test_a_returned_measurement_takes_its_win_along_and_the_next_one_brings_it_back(
    plan, champion, csm
) -> None:
    first, second = measure(plan, champion, "8", days_ago=2), measure(plan, champion, "7")
    return_measurement(by=actor(csm, plan), measurement=first, reason="Not a full week.")
    win = Win.objects.standing().get()
    assert (win.measurement, Win.objects.count()) == (second, 2)
    plan.refresh_from_db()
    assert plan.first_value_on == second.measured_on
    return_measurement(by=actor(csm, plan), measurement=second, reason="Nor this one.")
    plan.refresh_from_db()
    assert (Win.objects.standing().count(), plan.first_value_on) == (0, None)


def test_a_confirmed_win_outlives_its_measurement(plan, champion, csm) -> None:
    measurement = measure(plan, champion, "8")
    win = Win.objects.get()
    confirm_win(by=actor(champion, plan), win=win, version=1)
    return_measurement(by=actor(csm, plan), measurement=measurement, reason="Hm.")
    assert Win.objects.standing().get() == win


def test_a_first_value_milestone_makes_a_win_once_and_reopening_takes_it_back(plan, csm, champion) -> None:
    finish(plan, csm, champion, "task-1", "task-2")
    assert not Win.objects.exists(), "the kickoff is not marked as first value"
    finish(plan, csm, champion, "task-3", "task-4")
    win = Win.objects.get()
    assert (win.milestone.key, set(win.credited.all())) == ("first-value", {csm, champion})
    task = Task.objects.get(plan=plan, key="task-4")
    reopen_task(by=actor(csm, plan), task=task, version=task.version)
    win.refresh_from_db()
    assert win.dismissed_at
    assert not win.confirmed_at
    finish(plan, csm, champion, "task-4")
    assert Win.objects.standing().count() == 1


def test_words_then_confirmation_then_consent_and_back(plan, csm, champion) -> None:
    win = WinFactory(objective=objective_of(plan))
    win = word_win(
        by=actor(csm, plan),
        win=win,
        version=1,
        title="Quotes in eight hours",
        before="two days",
        after="eight hours",
        credited=[champion],
    )
    assert (win.title, win.version, list(win.credited.all())) == ("Quotes in eight hours", 2, [champion])
    win = confirm_win(by=actor(champion, plan), win=win, version=2, may_share=True)
    assert win.share_consent_by == win.confirmed_by == champion
    with pytest.raises(ValidationError, match="stay as they are"):
        word_win(by=actor(csm, plan), win=win, version=3, title="Better")
    with pytest.raises(ValidationError, match="already"):
        dismiss_win(by=actor(champion, plan), win=win, version=3, reason="No.")
    win = consent_to_share(by=actor(champion, plan), win=win, version=3, consent=False)
    assert (win.share_consent_at, win.confirmed_at is not None) == (None, True)
    verbs = list(Event.objects.filter(verb__startswith="win.").order_by("id").values_list("verb", flat=True))
    assert verbs == ["win.confirmed", "win.shared", "win.unshared"]


@pytest.mark.parametrize("role", ["contributor", "viewer", "csm", "executive"])
def test_only_the_customers_leads_confirm(plan, everybody, role) -> None:
    win = WinFactory(objective=objective_of(plan))
    with pytest.raises(PermissionDenied):
        confirm_win(by=actor(everybody[role], plan), win=win, version=1)


def test_nobody_of_another_account_is_credited(plan, csm, stranger) -> None:
    win = WinFactory(objective=objective_of(plan))
    with pytest.raises(ValidationError, match="this account"):
        word_win(by=actor(csm, plan), win=win, version=1, title="Faster", credited=[stranger])
    win.refresh_from_db()
    assert win.title == "Quotes are faster"


def test_somebody_was_faster(plan, csm) -> None:
    win = WinFactory(objective=objective_of(plan))
    word_win(by=actor(csm, plan), win=win, version=1, title="First")
    with pytest.raises(WinConflict):
        word_win(by=actor(csm, plan), win=win, version=1, title="Second")


def test_the_page_keeps_what_was_typed_when_somebody_was_faster(plan, csm, enter) -> None:
    win = WinFactory(objective=objective_of(plan))
    url = reverse("win_word", args=[plan.pk, win.pk])
    assert enter(csm).post(url, {"version": 1, "title": "First"}).status_code == 302
    answer = enter(csm).post(url, {"version": 1, "title": "Second"})
    text = answer.content.decode()
    assert (answer.status_code, 'value="Second"' in text, "Somebody changed this win" in text) == (
        409,
        True,
        True,
    )
    assert 'name="version" value="2"' in text
    too_long = enter(csm).post(url, {"version": 2, "title": "x" * 201, "story": "Kept."})
    assert (too_long.status_code, "Kept." in too_long.content.decode()) == (422, True)


def test_the_champion_confirms_on_the_page_and_the_plan_says_so(plan, champion, enter) -> None:
    measure(plan, champion, "8")
    browser, win = enter(champion), Win.objects.get()
    plan_page = reverse("plan_detail", args=[plan.pk])
    assert "Please confirm it" in browser.get(plan_page).content.decode()
    page = browser.get(reverse("win_detail", args=[plan.pk, win.pk])).content.decode()
    assert "48\u00a0hours" in page
    assert "8\u00a0hours" in page
    answer = browser.post(
        reverse("win_confirm", args=[plan.pk, win.pk]), {"version": 1, "may_share": "on"}, follow=True
    )
    assert "agreed that others may be told" in answer.content.decode()
    assert "Please confirm it" not in browser.get(plan_page).content.decode()
    again = browser.post(reverse("win_confirm", args=[plan.pk, win.pk]), {"version": 2})
    assert (again.status_code, "has confirmed this win already" in again.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("signed", "reached", "label", "status"),
    [
        (10, None, "No value yet, 10 days after the signature", ""),
        (15, None, "No value yet, 15 days after the signature", "due"),
        (31, None, "No value yet, 31 days after the signature", "late"),
        (40, 27, "First value 13 days after the signature", "ok"),
        (40, 10, "First value 30 days after the signature", "due"),
        (40, 0, "First value 40 days after the signature", "late"),
        (5, 9, "First value 0 days after the signature", "ok"),
    ],
)
def test_days_to_the_first_value(plan, signed, reached, label, status) -> None:
    today = plan.account.today()
    plan.signed_on = today - timedelta(signed)
    plan.first_value_on = None if reached is None else today - timedelta(reached)
    assert first_value(plan, today) == {"label": label, "status": status}


def test_a_month_without_value_stands_on_the_csms_home(plan, csm, enter) -> None:
    Plan.objects.filter(pk=plan.pk).update(signed_on=plan.account.today() - timedelta(31))
    text = enter(csm).get("/?show=no_value").content.decode()
    assert "no value after 31 days" in text.lower()
    Plan.objects.filter(pk=plan.pk).update(first_value_on=plan.account.today())
    assert "no value after" not in enter(csm).get("/?show=no_value").content.decode().lower()


def test_accepting_a_measurement_changes_nothing_about_its_win(plan, champion, csm) -> None:
    measurement = measure(plan, champion, "8")
    accept_measurement(by=actor(csm, plan), measurement=measurement)
    assert Win.objects.get().version == 1


def test_agreed_and_actual(plan, csm, enter, django_assert_num_queries) -> None:
    stop = Milestone.objects.get(plan=plan, key="kickoff-held")
    Milestone.objects.filter(pk=stop.pk).update(baseline_on=stop.due_on - timedelta(3))
    browser = enter(csm)
    text = browser.get(reverse("timeline", args=[plan.pk])).content.decode()
    assert "3 days later" in text
    assert "as agreed" in text
    assert "<svg" in text
    with django_assert_num_queries(5):
        browser.get(reverse("timeline", args=[plan.pk]))
