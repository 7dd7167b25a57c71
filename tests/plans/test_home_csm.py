"""The CSM's home, the portfolio and the admin's home: exceptions first, counted in SQL, for as many as there are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from plans.models import Connection, Delivery, Plan
from plans.services.counting import touch_plan
from tests.factories import AccountFactory, EvidenceFactory, make_draft_plan, make_live_plan, task_of

pytestmark = pytest.mark.django_db


def today():
    return timezone.now().date()


def named(csm, name: str) -> Account:
    return AccountFactory(name=name, owner=csm)


@pytest.fixture
def five_kinds(csm, champion) -> dict[str, Plan]:
    """One plan of each kind, all of this CSM."""
    ahead = {"kickoff_on": today(), "owners": {"csm": csm, "champion": champion}}
    plans = {
        "Fine": make_live_plan(account=named(csm, "Fine"), **ahead),
        "Late": make_live_plan(account=named(csm, "Late"), owners=ahead["owners"]),
        "Unowned": make_live_plan(account=named(csm, "Unowned"), kickoff_on=today()),
        "Draft": make_draft_plan(account=named(csm, "Draft"), **ahead),
        "Waiting": make_live_plan(
            account=named(csm, "Waiting"), waits={"task-2": ["task-1"], "task-4": ["task-1"]}, **ahead
        ),
        "Review": make_live_plan(account=named(csm, "Review"), **ahead),
    }
    EvidenceFactory(task=task_of(plans["Review"], 1), claimed_by=champion)
    touch_plan(plans["Review"].pk)
    return plans


def accounts_on(answer) -> list[str]:
    return [row["account"] for row in answer.context["rows"]]


def test_exceptions_come_first(enter, csm, five_kinds):
    answer = enter(csm).get("/")
    assert accounts_on(answer) == ["Late", "Waiting", "Unowned", "Review", "Draft", "Fine"]
    text = answer.content.decode()
    assert "5 of 6 plans need somebody" in text
    why = {row["account"]: row["why"] for row in answer.context["rows"]}
    assert why == {
        "Late": "4 tasks late, held up by the customer",
        "Waiting": "Waits for the customer",
        "Unowned": "4 without an owner",
        "Review": "1 to review",
        "Draft": "Draft to review",
        "Fine": "On course",
    }
    assert [row["late"] for row in answer.context["rows"]] == [4, "", "", "", "", ""]


@pytest.mark.parametrize(
    ("tab", "accounts"),
    [
        ("late", ["Late"]),
        ("blockers", ["Late"]),
        ("waiting", ["Waiting"]),
        ("unowned", ["Unowned"]),
        ("review", ["Review"]),
        ("draft", ["Draft"]),
        ("nonsense", ["Late", "Waiting", "Unowned", "Review", "Draft", "Fine"]),
    ],
)
def test_tabs_are_links_that_count_and_filter(enter, csm, five_kinds, tab, accounts):
    answer = enter(csm).get("/", {"show": tab})
    assert accounts_on(answer) == accounts
    counts = {tab["url"]: tab["count"] for tab in answer.context["tabs"]}
    assert counts == {
        "?": 6, "?show=late": 1, "?show=no_value": 0, "?show=blockers": 1, "?show=waiting": 1,
        "?show=unowned": 1, "?show=review": 1, "?show=draft": 1,
    }  # fmt: skip


def test_late_is_judged_by_the_day_where_the_account_is(enter, csm, champion):
    import time_machine

    # Monday noon in UTC is already Tuesday on Kiritimati, and still Monday in Honolulu.
    with time_machine.travel("2026-03-02 12:00", tick=False):
        for zone in ("Pacific/Kiritimati", "Pacific/Honolulu"):
            account = AccountFactory(name=zone, owner=csm, time_zone=zone, country="")
            plan = make_live_plan(
                account=account, owners={"csm": csm, "champion": champion}, kickoff_on=today()
            )
            plan.tasks.update(due_on=today() + timedelta(days=9))
            plan.tasks.filter(key="task-1").update(due_on=today())
            touch_plan(plan.pk)
        answer = enter(csm).get("/")
    late = {row["account"]: row["late"] for row in answer.context["rows"]}
    assert late == {"Pacific/Kiritimati": 1, "Pacific/Honolulu": ""}


def test_a_csm_sees_own_accounts_an_executive_all(enter, csm, executive, five_kinds):
    make_live_plan(account=AccountFactory(name="Somebody else's"))
    assert "Somebody else's" not in accounts_on(enter(csm).get("/"))
    answer = enter(executive).get("/")
    assert "Somebody else's" in accounts_on(answer)
    assert answer.context["can"] == {"add_deal": False}
    assert {"label": "Live plans", "value": 6} in answer.context["figures"]


def test_finished_plans_need_nobody(enter, csm, account, plan):
    Plan.objects.update(closed_at=timezone.now())
    answer = enter(csm).get("/")
    assert accounts_on(answer) == []
    assert "No plan is running yet" in answer.content.decode()


def test_the_portfolio_is_the_vendors(enter, admin, champion, plan):
    assert accounts_on(enter(admin).get("/portfolio/")) == ["Acme"]
    assert enter(champion).get("/portfolio/").status_code == 403


def _many(csm, count: int) -> None:
    """Plans as they are stored, without their tasks: the home reads those of one page only."""
    model = make_live_plan(account=named(csm, "Model"))
    accounts = Account.objects.bulk_create(
        Account(
            name=f"Many {n:04}",
            owner=csm,
            segment="smb",
            touch="tech",
            source="hand",
            time_zone="Europe/Berlin",
        )
        for n in range(count)
    )
    counters = {
        name: getattr(Plan.objects.get(pk=model.pk), name)
        for name in ("tasks_total", "ready_customer", "ready_vendor", "next_due_on", "tasks_unowned")
    }
    Plan.objects.bulk_create(
        Plan(
            account=account, playbook_version=model.playbook_version, name="Plan", kickoff_on=today(),
            ends_on=today(), live_at=timezone.now(), **counters,
        )
        for account in accounts
    )  # fmt: skip


def test_a_home_takes_six_queries_for_one_plan_and_for_many(enter, csm, plan):
    client = enter(csm)
    counts = []
    for more in (0, 60):
        _many(csm, more)
        with CaptureQueriesContext(connection) as seen:
            answer = client.get("/")
        counts.append(len(seen))
        assert len(answer.context["rows"]) <= 25
    # Session, person, counts, the page, late tasks of the page, unread notifications.
    assert counts == [6, 6]


def test_pages_lead_on_and_keep_the_tab(enter, csm, plan):
    _many(csm, 60)
    answer = enter(csm).get("/", {"show": "late", "page": "2"})
    assert "Page 2 of 3" in answer.content.decode()
    assert "?show=late&amp;page=3" in answer.content.decode()
    assert len(answer.context["rows"]) == 25
    assert enter(csm).get("/", {"page": "x"}).status_code == 200
    assert enter(csm).get("/", {"page": "999"}).context["page"].number == 3


def test_nothing_is_said_when_there_is_nothing(enter, csm):
    text = enter(csm).get("/").content.decode()
    assert "No plan is running yet" in text
    assert "A plan appears here as soon as a deal is won." in text


def test_the_admins_home_shows_what_needs_a_look(enter, admin, csm, champion):
    connection = Connection.objects.create(
        name="hubspot", kind="hubspot", secret="s3cret-s3cret", token="t0ken"
    )
    Delivery.objects.create(connection=connection, endpoint="x", body=b"{}", failed_at=timezone.now())
    Delivery.objects.create(connection=connection, endpoint="x", body=b"{}", processed_at=timezone.now())
    answer = enter(admin).get("/")
    text = answer.content.decode()
    assert "1 delivery failed" in text
    assert answer.context["figures_deliveries"] == [
        {"label": "Received", "value": 2},
        {"label": "Processed", "value": 1},
        {"label": "Failed", "value": 1},
        {"label": "Refused", "value": 0},
    ]
    assert answer.context["figures_people"][0] == {"label": "At the vendor", "value": 2}
    for link in ("/people/", "/deliveries/", "/connections/", "/portfolio/"):
        assert f'href="{link}' in text
