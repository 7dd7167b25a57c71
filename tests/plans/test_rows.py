"""A task as a row: words for dates, whose turn it is, what its state is."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.choices import EvidenceNeed
from plans.pages.rows import RowMaker, TaskFacts, Viewer, due_in_words, initials_of, state_of

TODAY = date(2026, 3, 10)
ME, OTHER = UUID(int=1), UUID(int=2)
BERLIN = ZoneInfo("Europe/Berlin")

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def facts(**changes) -> TaskFacts:
    plain = {
        "id": uuid4(),
        "milestone_id": uuid4(),
        "title": "Send the list",
        "side": "customer",
        "role": "champion",
        "owner_id": ME,
        "owner_name": "Chloe Champion",
        "owner_email": "chloe@example.com",
        "due_on": TODAY,
        "completed_at": None,
        "blocked_at": None,
        "evidence_need": EvidenceNeed.NONE,
        "version": 3,
        "waits": False,
        "proved": False,
        "claims": [],
    }
    return TaskFacts(**plain | changes)


def maker(**changes) -> RowMaker:
    viewer = {"user_id": ME, "side": "customer", "works": True, "leads": False, "reviews": False}
    return RowMaker(
        viewer=Viewer(**viewer | changes),
        today=TODAY,
        names={"vendor": "Meridian", "customer": "Acme"},
        task_path="/tasks/{}/",
        clock=BERLIN,
    )


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (-400, ("400 days late", "late")),
        (-1, ("1 day late", "late")),
        (0, ("today", "due")),
        (1, ("tomorrow", "due")),
        (3, ("in 3 days", "due")),
        (4, ("in 4 days", "ok")),
        (13, ("in 13 days", "ok")),
        (14, ("in 2 weeks", "ok")),
        (62, ("in 8 weeks", "ok")),
        (63, ("in 2 months", "ok")),
    ],
)
def test_due_in_words(distance, words):
    assert due_in_words(TODAY + timedelta(days=distance), TODAY) == words


@given(due_on=days, today=days)
def test_late_is_said_of_the_past_and_only_of_it(due_on, today):
    label, state = due_in_words(due_on, today)
    assert (state == "late") == (due_on < today) == label.endswith("late")
    assert (state == "due") == (0 <= (due_on - today).days <= 3)


@given(first=days, second=days, today=days)
def test_what_is_due_sooner_is_never_the_calmer(first, second, today):
    calm = {"late": 0, "due": 1, "ok": 2}
    sooner, later = sorted([first, second])
    assert calm[due_in_words(sooner, today)[1]] <= calm[due_in_words(later, today)[1]]


def test_words_follow_the_language():
    from django.utils.translation import override

    english = due_in_words(TODAY, TODAY)
    with override("de"):
        due_in_words(TODAY, TODAY)
    assert due_in_words(TODAY, TODAY) == english


def test_a_row_is_plain_strings():
    task = facts()
    row = maker().row(task)
    assert row["url"] == f"/tasks/{task.id}/"
    assert (row["state"], row["state_label"], row["mine"]) == ("open", "", True)
    assert (row["turn_label"], row["owner_name"], row["owner_initials"]) == (
        "Your turn",
        "Chloe Champion",
        "CC",
    )
    assert (row["due_label"], row["due_state"], row["due_iso"]) == ("today", "due", "2026-03-10")
    assert row["due_full"] == "Tuesday, 10 March 2026"
    assert row["complete_url"] == ""


def test_only_your_turn_offers_to_complete_and_only_what_can_be():
    task = facts()
    assert maker().turn_row(task)["complete_url"] == f"/tasks/{task.id}/complete/"
    needs = facts(evidence_need=EvidenceNeed.FILE)
    assert maker().turn_row(needs)["complete_url"] == ""
    assert maker().turn_row(needs)["evidence_label"] == "Needs a file"
    proved = needs._replace(proved=True)
    assert maker().turn_row(proved)["complete_url"] == f"/tasks/{needs.id}/complete/"


@pytest.mark.parametrize(
    ("changes", "turn"),
    [
        ({"owner_id": OTHER}, "Acme"),
        ({"owner_id": OTHER, "side": "vendor"}, "Meridian"),
        ({"waits": True}, "Waits"),
        ({"blocked_at": datetime(2026, 3, 1, tzinfo=UTC)}, "Acme"),
        ({"blocked_at": datetime(2026, 3, 1, tzinfo=UTC), "blocked_on": "vendor"}, "Meridian"),
        ({"blocked_at": datetime(2026, 3, 1, tzinfo=UTC), "blocked_on": "nobody"}, "Blocked"),
        ({"proposed_on": TODAY}, "Meridian"),
        ({"completed_at": datetime(2026, 3, 1, tzinfo=UTC)}, ""),
        ({"completed_at": datetime(2026, 3, 1, tzinfo=UTC), "claims": ["customer"]}, "Review: Meridian"),
        ({"owner_id": None, "owner_name": None}, "Acme"),
    ],
)
def test_whose_turn(changes, turn):
    row = maker().row(facts(**changes))
    assert (row["turn_label"], row["mine"]) == (turn, False)


def test_who_leads_takes_up_what_nobody_owns():
    unowned = facts(owner_id=None, owner_name=None)
    assert maker(leads=True).row(unowned)["turn_label"] == "Your turn"
    assert maker(leads=True).row(unowned)["owner_name"] == "Needs an owner"
    assert maker(leads=True, side="vendor").row(unowned)["mine"] is False
    assert maker(leads=True, works=False).row(unowned)["mine"] is False


def test_a_review_is_the_turn_of_the_other_side():
    claimed = facts(completed_at=datetime(2026, 3, 1, tzinfo=UTC), claims=["customer"])
    reviewer = maker(side="vendor", reviews=True, user_id=OTHER)
    assert state_of(claimed) == "review"
    assert reviewer.row(claimed)["turn_label"] == "Your review"
    assert reviewer.viewer.is_asked_to_review(claimed)
    assert not maker(reviews=True).viewer.is_asked_to_review(claimed)


def test_what_is_done_says_when_in_the_time_zone_of_the_account():
    row = maker().row(facts(completed_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC)))
    assert (row["due_label"], row["due_state"]) == ("2 Mar", "done")
    assert row["due_full"] == "Done on Monday, 2 March 2026"


@given(
    done=st.booleans(),
    blocked=st.booleans(),
    waits=st.booleans(),
    owner=st.sampled_from([ME, OTHER, None]),
    side=st.sampled_from(["vendor", "customer"]),
    works=st.booleans(),
    leads=st.booleans(),
)
def test_nobody_is_asked_to_work_on_what_is_not_ready(done, blocked, waits, owner, side, works, leads):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    task = facts(
        completed_at=at if done else None,
        blocked_at=at if blocked else None,
        waits=waits,
        owner_id=owner,
        side=side,
    )
    asked = maker(works=works, leads=leads).viewer.is_asked_to_work(task)
    if asked:
        assert (done, blocked, waits, works, side) == (False, False, False, True, "customer")
        assert owner == ME or (owner is None and leads)


@pytest.mark.parametrize(
    ("name", "email", "letters"),
    [("Chloe Champion", "c@x.org", "CC"), ("Zoë", "z@x.org", "Z"), ("", "ann@x.org", "A")],
)
def test_initials(name, email, letters):
    assert initials_of(name, email) == letters


def test_a_blocked_task_stays_in_its_owners_sight() -> None:
    """It is not asked for, cannot be ticked off, and is nobody else's."""
    task = facts(blocked_at=datetime(2026, 11, 2, tzinfo=UTC))
    mine, other = maker(), maker(user_id=OTHER)
    assert mine.viewer.is_stuck(task)
    assert not mine.viewer.is_asked_to_work(task)
    assert not other.viewer.is_stuck(task)
    assert not mine.viewer.is_stuck(facts())
    assert mine.turn_row(task)["note"] == "Blocked"
    assert mine.turn_row(task)["complete_url"] == ""
