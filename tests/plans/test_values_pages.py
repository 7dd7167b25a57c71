"""Numbers and who stands behind them: several confirmed at once, asked for, and shown by shape and word."""

import pytest
from django.urls import reverse

from accounts.choices import Verb
from accounts.models import Event
from plans.forms import proof as forms
from plans.models import Evidence, Measurement, Notification, Objective, Win
from plans.services.measuring import return_measurement
from plans.services.notifying import notify_plan
from tests.factories import (
    EvidenceFactory,
    MeasurementFactory,
    WinFactory,
    actor,
    make_live_plan,
    objective_of,
    task_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def numbers(plan, csm) -> list[Measurement]:
    """Two of the vendor's, of two objectives; the second is proved."""
    first = objective_of(plan)
    second = Objective.objects.create(
        account=plan.account, plan=plan, key="more", position=2, title="More deals", metric="Deals", unit="deals",
        direction="up", baseline=10, target=20, due_on=plan.ends_on,
    )  # fmt: skip
    proof = EvidenceFactory(task=task_of(plan, 2), claimed_by=csm, note="The report.")
    return [
        MeasurementFactory(objective=first, claimed_by=csm, value=7),
        MeasurementFactory(objective=second, claimed_by=csm, value=15, evidence=proof),
    ]


@pytest.fixture
def win(plan, numbers) -> Win:
    return WinFactory(objective=numbers[0].objective, measurement=numbers[0])


def page(plan, name: str = "value_list") -> str:
    return reverse(name, args=[plan.pk])


def boxes(numbers, *wins) -> dict[str, list[str]]:
    keys = [f"number:{one.pk}" for one in numbers] + [f"win:{win.pk}:{win.version}" for win in wins]
    return {"chosen": keys}


def test_the_sponsor_confirms_several_at_once(enter, plan, numbers, win, sponsor):
    text = enter(sponsor).get(page(plan)).content.decode()
    assert "3 numbers and wins wait for your word" in text
    assert "48\xa0hours → 7\xa0hours, goal 8\xa0hours" in text
    assert "standing--evidenced" in text
    assert "The report." in text
    answer = enter(sponsor).post(page(plan, "values_confirm"), boxes(numbers, win), follow=True)
    assert "3 numbers are confirmed." in answer.content.decode()
    assert "Confirmed by Sam Sponsor" in answer.content.decode()
    assert {one.accepted_by for one in Measurement.objects.all()} == {sponsor}
    assert Win.objects.get().confirmed_by == sponsor
    event = Event.objects.get(verb=Verb.VALUES_CONFIRMED)
    assert event.subject == "Quotes are faster, More deals"
    assert Event.objects.filter(verb=Verb.MEASUREMENT_ACCEPTED).count() == 2


def test_what_changed_meanwhile_is_left_out_and_named(enter, plan, numbers, win, sponsor, champion):
    chosen = boxes(numbers, win)
    return_measurement(by=actor(champion, plan), measurement=numbers[1], reason="Not so.")
    Win.objects.update(version=9)
    answer = enter(sponsor).post(page(plan, "values_confirm"), chosen, follow=True)
    text = answer.content.decode()
    assert "1 number is confirmed." in text
    assert "Changed meanwhile, and therefore not confirmed: More deals, Quotes are faster." in text
    assert Win.objects.get().confirmed_at is None


def test_nothing_chosen_is_said(enter, plan, numbers, sponsor):
    for chosen in ([], ["number:x", "win:1", "⚠️", "x" * 5000]):
        answer = enter(sponsor).post(page(plan, "values_confirm"), {"chosen": chosen})
        assert answer.status_code == 422
        assert "Choose at least one number." in answer.content.decode()


def test_ones_own_number_and_one_of_another_plan_are_not_confirmed(
    enter, plan, numbers, sponsor, champion, csm
):
    own = MeasurementFactory(objective=numbers[0].objective, claimed_by=champion)
    assert enter(sponsor).post(page(plan, "values_confirm"), boxes([own])).status_code == 403
    other = MeasurementFactory(objective=objective_of(make_live_plan()), claimed_by=csm)
    answer = enter(sponsor).post(page(plan, "values_confirm"), boxes([other, numbers[0]]), follow=True)
    assert "1 number is confirmed." in answer.content.decode()
    other.refresh_from_db()
    assert other.accepted_at is None


def test_the_vendor_asks_once_a_day(enter, plan, numbers, csm, sponsor, champion, contributor):
    text = enter(csm).get(page(plan)).content.decode()
    assert "Ask for confirmation" in text
    assert 'type="checkbox"' not in text
    assert enter(csm).post(page(plan, "values_ask")).status_code == 302
    assert enter(csm).post(page(plan, "values_ask")).status_code == 422
    notify_plan(plan.pk)
    told = Notification.objects.filter(event_id=Event.objects.get(verb=Verb.VALUES_ASKED).pk)
    assert {one.user for one in told} == {sponsor, champion}
    assert {one.path for one in told} == {page(plan)}


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_numbers(
    count, enter, plan, numbers, sponsor, csm, django_assert_num_queries
):
    for stop in list(plan.milestones.all())[:count]:
        MeasurementFactory(objective=numbers[0].objective, claimed_by=csm)
        WinFactory(milestone=stop)
    browser = enter(sponsor)
    browser.get(page(plan))
    with django_assert_num_queries(8):
        browser.get(page(plan))


def test_a_number_says_what_proves_it(enter, plan, numbers, csm):
    objective = numbers[0].objective
    url = reverse("measurement_add", args=[plan.pk, objective.pk])
    proof = EvidenceFactory(task=task_of(plan, 1), claimed_by=csm, note="A screenshot.")
    foreign = EvidenceFactory(task=task_of(make_live_plan(), 1), claimed_by=csm)
    data = {"value": "6", "measured_on": plan.account.today()}
    assert enter(csm).post(url, data | {"evidence": foreign.pk}).status_code == 422
    assert enter(csm).post(url, data | {"evidence": proof.pk}).status_code == 302
    text = enter(csm).get(reverse("objective_detail", args=[plan.pk, objective.pk])).content.decode()
    assert "Evidenced, not confirmed yet" in text
    assert "A screenshot." in text


def test_of_many_proofs_the_newest_can_be_chosen(enter, plan, numbers, csm, monkeypatch):
    monkeypatch.setattr(forms, "MOST_PROOFS", 1)
    older = Evidence.objects.get(note="The report.")
    newer = EvidenceFactory(task=task_of(plan, 1), claimed_by=csm, note="A screenshot.")
    objective = numbers[0].objective
    text = enter(csm).get(reverse("objective_detail", args=[plan.pk, objective.pk])).content.decode()
    assert (f'value="{newer.pk}"' in text, f'value="{older.pk}"' in text) == (True, False)
    data = {"value": "6", "measured_on": plan.account.today(), "evidence": newer.pk}
    url = reverse("measurement_add", args=[plan.pk, objective.pk])
    assert enter(csm).post(url, data).status_code == 302


def test_the_plan_says_by_shape_and_word_who_stands_behind_a_win(enter, plan, win, sponsor):
    text = enter(sponsor).get(reverse("plan_detail", args=[plan.pk])).content.decode()
    assert '<span class="standing standing--claimed">Claimed, not confirmed yet</span>' in text
    Win.objects.update(confirmed_at=win.found_at, confirmed_by=sponsor)
    plan.refresh_from_db()
    text = enter(sponsor).get(reverse("win_detail", args=[plan.pk, win.pk])).content.decode()
    assert "standing--confirmed" in text
