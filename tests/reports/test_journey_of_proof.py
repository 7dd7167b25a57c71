"""The whole way of the proof in one test: usage arrives, a recap makes itself on day 90, windows pass, the packet is
a draft and then ready, the contract is renewed; the documents of before stay what they were.

Time passes under time-machine; what the beat does is done by the jobs of its sweeps, in the order of the days.
"""

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Contract, SecurityConfirmation
from accounts.permissions import actor_at_vendor
from accounts.services.contracts import Sold, Terms, add_contract
from plans import jobs as plan_jobs
from plans.models import Measurement, Objective, Renewal, RenewalItem, Task, UsageFigure
from plans.services.renewing import readiness
from plans.usage.feeds import add_feed
from portal.lib.files import path_of
from reports import jobs as report_jobs
from reports.models import DocumentKind, Edition
from reports.services import Verdict, check_file, make_edition, rebuild
from tests.factories import actor, make_live_plan
from tests.plans.usage.figures import feed
from tests.reports.recaps import page_texts

KICKOFF = date(2026, 3, 2)
ENDS = date(2027, 2, 28)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def plan(account, owners):
    with noon(KICKOFF):
        return make_live_plan(account=account, owners=owners, kickoff_on=KICKOFF, days=(ENDS - KICKOFF).days)


def noon(day: date):
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN), tick=False)


def the_beat_of(day: date) -> None:
    """What the sweeps find on that day, and what the worker then makes of it."""
    with noon(day):
        plan_jobs.sweep_renewals()
        report_jobs.make_due()
        for edition in Edition.objects.in_the_making():
            make_edition(edition.pk)


def a_week_of_usage(account, sunday: date, active: int) -> str:
    rows = [
        {"period_from": sunday - timedelta(days=6), "period_to": sunday, "active_users": active, "seats": 20},
        {
            "period_from": sunday - timedelta(days=6),
            "period_to": sunday,
            "team": "Sales",
            "active_users": active,
        },
    ]
    return json.dumps([{"account": str(account.pk), **row} for row in rows], default=str)


def text_of(edition: Edition) -> str:
    return " ".join(page_texts(path_of(edition.file).read_bytes()))


@pytest.mark.django_db
def test_from_the_first_figures_to_the_next_contract(
    plan, account, admin, csm, champion, sponsor, enter, queued
):
    by = actor(csm, plan)
    with noon(KICKOFF):
        contract = add_contract(
            by=by,
            account=account,
            terms=Terms(
                starts_on=date(2026, 3, 1), ends_on=ENDS, currency="EUR", number="C-7", notice_days=90
            ),
            lines=[Sold(name="Platform", quantity=Decimal(20), unit="users", unit_price=Decimal("599.99"))],
            plan_id=plan.pk,
        )
        _feed, token = add_feed(by=actor_at_vendor(admin), name="product")

    # Usage arrives week by week; the same again changes nothing.
    for week in range(12):
        sunday = KICKOFF + timedelta(days=6 + 7 * week)
        with noon(sunday + timedelta(days=1)):
            body = a_week_of_usage(account, sunday, 5 + week)
            assert feed(token, body).json()["applied"]["new"] == 2
            assert feed(token, body).json()["applied"]["unchanged"] == 2

    # The vendor measures what was reached; the customer confirms it on the page for several at once.
    objective = Objective.objects.filter(plan=plan).first()
    with noon(KICKOFF + timedelta(days=80)):
        browser = enter(csm)
        browser.post(
            reverse("measurement_add", args=[plan.pk, objective.pk]),
            {"value": str(objective.target), "measured_on": "2026-05-20"},
        )
        claimed = Measurement.objects.get(plan=plan)
        page = enter(champion).get(reverse("value_list", args=[plan.pk])).content.decode()
        assert objective.title in page
    assert claimed.accepted_at is None

    # Day 90: a recap makes itself, once.
    day_90 = KICKOFF + timedelta(days=90)
    the_beat_of(day_90)
    the_beat_of(day_90)
    recap = Edition.objects.get(kind=DocumentKind.RECAP)
    assert (recap.state, recap.requested_by) == ("done", None)
    said = text_of(recap)
    assert "Sales" in said
    assert "80%" in said

    # A late correction replaces; what was made stays as it was.
    with noon(day_90 + timedelta(days=1)):
        last = KICKOFF + timedelta(days=6 + 7 * 11)
        assert feed(token, a_week_of_usage(account, last, 9)).json()["applied"]["replaced"] == 2
    assert UsageFigure.objects.current().filter(period_to=last, team="").get().active_users == 9
    recap.refresh_from_db()
    assert rebuild(recap) == path_of(recap.file).read_bytes()

    # The first window opens the renewal; with the next one its packet makes itself, as a draft for the vendor only.
    the_beat_of(ENDS - timedelta(days=180))
    renewal = Renewal.objects.get(contract=contract)
    assert not Edition.objects.filter(kind=DocumentKind.PACKET).exists()
    the_beat_of(ENDS - timedelta(days=120))
    draft = Edition.objects.get(kind=DocumentKind.PACKET)
    assert (draft.state, draft.audience) == ("done", "internal")
    assert "Draft" in text_of(draft)
    with noon(ENDS - timedelta(days=120)):
        assert enter(sponsor).get(reverse("edition_detail", args=[draft.pk])).status_code == 404

    # Ready is refused, and names what is missing.
    ready = reverse("renewal_ready", args=[plan.pk, renewal.pk])
    with noon(ENDS - timedelta(days=100)):
        renewal.refresh_from_db()
        refused = enter(csm).post(ready, {"version": renewal.version})
        assert refused.status_code == 422
        assert "There is no security confirmation." in refused.content.decode()
        assert renewal_of(renewal).state == "preparing"

    # Both sides settle what they owe, through their own doors.
    with noon(ENDS - timedelta(days=99)):
        today = date(2026, 11, 21)
        sunday = today - timedelta(days=today.weekday() + 1)
        for ago in range(5):
            feed(token, a_week_of_usage(account, sunday - timedelta(days=7 * ago), 18))
        SecurityConfirmation.objects.create(name="ISO 27001", issuer="TÜV", valid_until=date(2028, 1, 1))
        for task in Task.objects.filter(plan=plan, completed_at__isnull=True, key__startswith="task-"):
            done = reverse("task_complete", args=[plan.pk, task.pk])
            answer = enter(task.owner).post(done, {"version": task.version})
            assert answer.status_code == 302, (task.key, answer.content.decode()[:500])
        confirm_everything(enter(champion), plan)
        offer = reverse("renewal_offer", args=[plan.pk, renewal.pk])
        assert enter(csm).post(offer, {"version": renewal_of(renewal).version}).status_code == 302
        terms = enter(sponsor).get(reverse("renewal_detail", args=[plan.pk, renewal.pk])).content.decode()
        assert "11,999.80" in terms
        chosen = renewal.options.get(kind="same")
        prefer = reverse("option_prefer", args=[plan.pk, renewal.pk, chosen.pk])
        assert enter(sponsor).post(prefer, {"version": renewal_of(renewal).version}).status_code == 302
        for key, person in (("goals", csm), ("order-form", sponsor)):
            item = RenewalItem.objects.get(renewal=renewal, key=key)
            met = enter(person).post(reverse("item_meet", args=[plan.pk, renewal.pk, item.pk]))
            assert met.status_code == 302
        again = reverse("edition_create")
        asked = enter(csm).post(
            again,
            {
                "kind": "recap",
                "plan": plan.pk,
                "period_from": "2026-08-01",
                "period_to": "2026-11-20",
                "paper": "a4",
                "audience": "shared",
                "language": "en",
            },
        )
        assert asked.status_code == 302, asked.content.decode()
        for edition in Edition.objects.in_the_making():
            make_edition(edition.pk)
        plan_jobs.sweep_renewals()
        assert [f"{line.key}: {line.why}" for line in readiness(renewal_of(renewal)).missing] == []
        answer = enter(csm).post(ready, {"version": renewal_of(renewal).version})
        assert answer.status_code == 302, answer.content.decode()

    # The packet is made anew, without the word; the sponsor may open it.
    the_beat_of(ENDS - timedelta(days=99))
    packet = Edition.objects.filter(kind=DocumentKind.PACKET).latest("requested_at")
    assert packet != draft
    assert (packet.state, packet.audience) == ("done", "shared")
    said = text_of(packet)
    assert "11,999.80" in said
    assert "Draft" not in said
    with noon(ENDS - timedelta(days=98)):
        file = enter(sponsor).get(reverse("edition_download", args=[packet.pk]))
        assert check_file(b"".join(file) if file.streaming else file.content) is Verdict.GENUINE

    # The decision makes the next contract, and a task to look back.
    with noon(ENDS - timedelta(days=40)):
        answer = enter(csm).post(
            reverse("renewal_decide", args=[plan.pk, renewal.pk]),
            {
                "version": renewal_of(renewal).version,
                "decision": "renewed",
                "option": chosen.pk,
                "reason": "Fits.",
            },
        )
        assert answer.status_code == 302, answer.content.decode()
    decided = renewal_of(renewal)
    assert (decided.state, decided.new_amount) == ("renewed", Decimal("11999.80"))
    following = Contract.objects.get(renews=contract)
    assert (following.starts_on, following.arr) == (ENDS + timedelta(days=1), Decimal("11999.80"))
    assert Task.objects.filter(plan=plan, title="Look back on the renewal", side="vendor").count() == 1

    # Nothing was made twice, and all of it can be made again to the byte.
    done = Edition.objects.finished()
    assert Edition.objects.count() == done.count()
    assert done.filter(kind=DocumentKind.PACKET).count() == 2
    assert rebuild(draft) == path_of(draft.file).read_bytes()
    assert rebuild(packet) == path_of(packet.file).read_bytes()


def renewal_of(renewal: Renewal) -> Renewal:
    return Renewal.objects.get(pk=renewal.pk)


def confirm_everything(browser, plan) -> None:
    """As the champion does: every box of the page is ticked, and sent once."""
    page = browser.get(reverse("value_list", args=[plan.pk])).content.decode()
    boxes = re.findall(r'name="chosen" value="([^"]+)"', page)
    assert boxes
    answer = browser.post(reverse("values_confirm", args=[plan.pk]), {"chosen": boxes})
    assert answer.status_code == 302
