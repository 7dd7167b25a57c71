"""Objectives: from–to–by, measurements that the other side confirms, and the course between."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from plans.models import Measurement, Objective, Plan
from plans.pages.objectives import amount, standing_of
from tests.factories import MeasurementFactory, make_live_plan, objective_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def objective(plan):
    return objective_of(plan)


@pytest.fixture
def measurement(objective, champion):
    return MeasurementFactory(objective=objective, claimed_by=champion, value=Decimal("30.5"))


def address(objective, act="") -> str:
    return f"/plans/{objective.plan_id}/objectives/{objective.pk}/{act}"


def of(measurement, act) -> str:
    return f"/plans/{measurement.plan_id}/measurements/{measurement.pk}/{act}/"


def yesterday() -> str:
    return (timezone.now().date() - timedelta(days=1)).isoformat()


class TestPage:
    def test_it_shows_how_the_objective_stands(self, enter, objective, measurement, viewer):
        text = enter(viewer).get(address(objective)).content.decode()
        assert "<h1>Quotes are faster</h1>" in text
        assert "Hours to a quote" in text
        assert "<strong>30.5\xa0hours</strong>" in text
        assert "Claimed by Chloe Champion, not confirmed yet" in text
        assert "<svg" in text
        assert "Add a measurement" not in text

    def test_who_sees_it(self, enter, objective, stranger, everybody, csm, other_account):
        for who, person in everybody.items():
            expected = {"stranger": 404, "anonymous": 302}.get(who, 200)
            assert enter(person).get(address(objective)).status_code == expected, who
        other = make_live_plan(account=other_account)
        assert enter(csm).get(f"/plans/{other.pk}/objectives/{objective.pk}/").status_code == 404
        assert enter(csm).post(address(objective)).status_code == 405

    def test_a_row_of_your_turn_leads_to_the_page(self, enter, objective, csm):
        answer = enter(csm).get(address(objective), headers={"HX-Request": "true"})
        assert answer["HX-Redirect"] == address(objective)

    @pytest.mark.parametrize("count", [1, 8])
    def test_queries_do_not_grow_with_the_measurements(
        self, count, enter, objective, csm, champion, django_assert_num_queries
    ):
        for _n in range(count):
            MeasurementFactory(objective=objective, claimed_by=champion)
        browser = enter(csm)
        with django_assert_num_queries(8):
            assert browser.get(address(objective)).content.count(b'class="proof-head"') == count

    def test_without_a_baseline_there_is_nothing_to_draw_yet(self, enter, objective, csm):
        Objective.objects.filter(pk=objective.pk).update(baseline=None)
        text = enter(csm).get(address(objective)).content.decode()
        assert "not known yet" in text
        assert "<svg" not in text


class TestMeasure:
    def test_a_value_on_a_day(self, enter, objective, champion):
        data = {"value": "24,5".replace(",", "."), "measured_on": yesterday(), "note": "Ten quotes"}
        answer = enter(champion).post(address(objective, "measure/"), data)
        assert (answer.status_code, answer["Location"]) == (302, address(objective))
        found = Measurement.objects.get()
        assert (found.value, found.claimed_side, found.state) == (Decimal("24.5"), "customer", "claimed")
        text = enter(champion).get(f"/plans/{objective.plan_id}/").content.decode()
        assert "Chloe Champion measured 24.5\xa0hours for “Quotes are faster”" in text

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"value": "fast", "measured_on": "2026-01-01"}, "Enter a number."),
            ({"value": "", "measured_on": "2026-01-01"}, "This field is required."),
            ({"value": "NaN", "measured_on": "2026-01-01"}, "Enter a number."),
            ({"value": "1.23456", "measured_on": "2026-01-01"}, "4 decimal places"),
            ({"value": "7", "measured_on": "2999-01-01"}, "This day has not come yet."),
            ({"value": "7", "measured_on": "0026-11-01"}, "This day is too long ago."),
        ],
    )
    def test_what_is_wrong_is_said_and_the_rest_stays(self, data, words, enter, objective, champion):
        answer = enter(champion).post(address(objective, "measure/"), data | {"note": "Ten quotes"})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text
        assert 'value="Ten quotes"' in text
        assert not Measurement.objects.exists()

    def test_who_may(self, enter, objective, viewer, executive, contributor, stranger, champion):
        data = {"value": "1", "measured_on": yesterday()}
        for person in (viewer, executive, contributor):
            assert enter(person).post(address(objective, "measure/"), data).status_code == 403, person
        assert enter(stranger).post(address(objective, "measure/"), data).status_code == 404
        assert enter(champion).get(address(objective, "measure/")).status_code == 405

    def test_a_finished_plan_takes_none(self, enter, objective, champion):
        Plan.objects.filter(pk=objective.plan_id).update(completed_at=timezone.now())
        data = {"value": "1", "measured_on": yesterday()}
        answer = enter(champion).post(address(objective, "measure/"), data)
        assert answer.status_code == 422
        assert not Measurement.objects.exists()


class TestJudge:
    def test_confirmed_by_the_other_side(self, enter, objective, measurement, csm):
        answer = enter(csm).post(of(measurement, "accept"))
        assert (answer.status_code, answer["Location"]) == (302, address(objective))
        text = enter(csm).get(address(objective)).content.decode()
        assert "Confirmed by Carla Csm" in text
        measurement.refresh_from_db()
        assert (measurement.state, measurement.accepted_by) == ("accepted", csm)

    def test_returned_numbers_do_not_count(self, enter, objective, measurement, csm):
        assert enter(csm).post(of(measurement, "return"), {"reason": "Another metric"}).status_code == 302
        text = enter(csm).get(address(objective)).content.decode()
        assert "Another metric" in text
        assert "not measured yet" in text

    def test_a_reason_is_needed(self, enter, measurement, csm):
        answer = enter(csm).post(of(measurement, "return"), {"reason": ""})
        assert answer.status_code == 422
        assert f'id="return-{measurement.pk}-reason_error"' in answer.content.decode()

    def test_once(self, enter, measurement, csm, admin):
        enter(admin).post(of(measurement, "accept"))
        for act in ("accept", "return"):
            answer = enter(csm).post(of(measurement, act), {"reason": "Late"})
            assert answer.status_code == 422
            assert "Ada Admin has accepted this already." in answer.content.decode()

    @pytest.mark.parametrize("act", ["accept", "return"])
    def test_who_may(self, act, enter, measurement, champion, sponsor, viewer, executive, stranger, csm):
        for person in (champion, sponsor, viewer, executive):
            assert enter(person).post(of(measurement, act), {"reason": "x"}).status_code == 403, person
        assert enter(stranger).post(of(measurement, act), {"reason": "x"}).status_code == 404
        assert enter(csm).get(of(measurement, act)).status_code == 405


@pytest.mark.parametrize(
    ("value", "today", "standing"),
    [
        (None, date(2026, 2, 1), ("", "Not measured yet")),
        ("90", date(2026, 2, 1), ("due", "Behind its course")),
        ("40", date(2026, 2, 1), ("ok", "On course")),
        ("110", date(2026, 2, 1), ("due", "Behind its course")),
        ("20", date(2026, 2, 1), ("ok", "Reached")),
        ("40", date(2026, 4, 2), ("late", "Not reached in time")),
        (None, date(2026, 4, 2), ("late", "Not reached in time")),
    ],
)
def test_the_course_falls_from_100_to_20_in_90_days(value, today, standing):
    objective = Objective(
        baseline=Decimal(100), target=Decimal(20), direction="down", due_on=date(2026, 4, 1)
    )
    measured = None if value is None else Decimal(value)
    assert standing_of(objective, measured, begun_on=date(2026, 1, 1), today=today) == standing


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("30.5000", "hours", "30.5\xa0hours"),
        ("1000000.0000", "EUR", "1,000,000\xa0EUR"),
        ("0.0000", "%", "0%"),
        ("-3.2500", "", "\u22123.25"),
    ],
)
def test_amounts_are_trimmed_and_never_exponents(value, unit, text):
    assert amount(Decimal(value), Objective(unit=unit)) == text
