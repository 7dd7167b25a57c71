"""Documents that make themselves: when, once, in whose language, and not for those who come late."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Contract, Vendor
from plans.models import Plan, Renewal, RenewalWindow
from portal.lib import clock
from reports import jobs
from reports.models import DocumentKind, Edition
from reports.services import make_due
from reports.services.making_due import due_packets
from tests.factories import make_live_plan

KICKOFF = date(2026, 3, 2)
pytestmark = pytest.mark.django_db


def as_of(day: date, hour: int = 12):
    return clock.as_of(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def begun(account, owners, **changes) -> Plan:
    """A plan that has run since KICKOFF."""
    with as_of(KICKOFF):
        plan = make_live_plan(account=account, owners=owners, kickoff_on=KICKOFF)
    Plan.objects.filter(pk=plan.pk).update(**{"completed_at": None, **changes})
    return Plan.objects.get(pk=plan.pk)


def test_a_recap_makes_itself_on_day_ninety_and_once(account, owners, sponsor, queued) -> None:
    account.time_zone = "Pacific/Auckland"
    account.save()
    sponsor.language = "de"
    sponsor.save()
    plan = begun(account, owners)
    due = KICKOFF + timedelta(days=90)
    # In Auckland the day begins at noon of the day before in Greenwich.
    for day, hour, made in ((due - timedelta(days=1), 11, 0), (due - timedelta(days=1), 13, 1), (due, 12, 0)):
        with as_of(day, hour):
            assert make_due() == made
    edition = Edition.objects.get()
    assert (edition.kind, edition.plan, edition.requested_by) == (DocumentKind.RECAP, plan, None)
    assert (edition.period_from, edition.period_to) == (KICKOFF, due - timedelta(days=1))
    assert (edition.language, edition.audience) == ("de", "shared")
    assert queued.named("reports.make_edition") == [(str(edition.pk),)]
    Edition.objects.update(cancelled_at=clock.now())
    with as_of(due + timedelta(days=88)):
        assert make_due() == 0
    with as_of(due + timedelta(days=90)):
        jobs.make_due()
        jobs.make_due()
    second = Edition.objects.get(cancelled_at=None)
    assert (second.period_from, second.period_to) == (due, due + timedelta(days=89))


def test_the_vendor_sets_the_days_and_late_comers_wait(account, owners) -> None:
    begun(account, owners)
    Vendor.objects.create(recap_after_days=30)
    with as_of(KICKOFF + timedelta(days=30 + 14)):
        assert make_due() == 0
    with as_of(KICKOFF + timedelta(days=30 + 13)):
        assert make_due() == 1


def test_what_is_over_has_no_recap(account, owners) -> None:
    begun(account, owners, completed_at=clock.now())
    with as_of(KICKOFF + timedelta(days=90)):
        assert make_due() == 0


def test_a_packet_makes_itself_ahead_of_the_end_and_with_each_window(account, owners) -> None:
    plan = begun(account, owners)
    renewal, windows = renewal_of(plan, days_before=(180, 120, 60))
    today = KICKOFF + timedelta(days=110)
    with as_of(today):
        windows[180].reached_at = clock.now()
        windows[180].save()
        assert list(due_packets()) == []
        windows[120].reached_at = clock.now()
        windows[120].save()
    with as_of(today + timedelta(days=1)):
        assert [make_due(), make_due()] == [1, 0]
        edition = Edition.objects.get(kind="packet")
        assert (edition.subject_id, edition.audience) == (renewal.pk, "internal")
    with as_of(today + timedelta(days=2)):
        windows[60].reached_at = clock.now()
        windows[60].save()
        assert [make_due(), make_due()] == [1, 0]
    with as_of(today + timedelta(days=3)):
        renewal.ready_at = clock.now()
        renewal.save()
        assert [make_due(), make_due()] == [1, 0]
    assert Edition.objects.filter(kind="packet").latest("requested_at").audience == "shared"
    renewal.decided_at = clock.now()
    renewal.decision = "renewed"
    renewal.save()
    assert list(due_packets()) == []


def renewal_of(plan, *, days_before):
    ends = KICKOFF + timedelta(days=364)
    contract = Contract.objects.create(account=plan.account, starts_on=KICKOFF, ends_on=ends)
    here = {"plan": plan, "account": plan.account}
    renewal = Renewal.objects.create(contract=contract, **here)
    windows = {
        days: RenewalWindow.objects.create(
            renewal=renewal, days_before=days, opens_on=ends - timedelta(days=days), **here
        )
        for days in days_before
    }
    return renewal, windows
