"""Agendas out of facts: what comes up, in which order, and minutes that always sum to the meeting's length."""

import json
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from plans.agendas import (
    MOST,
    Aim,
    Gain,
    Item,
    Move,
    Standing,
    Stop,
    Wanted,
    renewal_agenda,
    share_minutes,
    weekly_agenda,
)

TODAY = date(2026, 3, 2)
LAST, EARLIER = uuid4(), uuid4()


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def item(title: str, due: int = 3, **more) -> Item:
    return Item(id=uuid4(), title=title, side="customer", owner="Imran", due_on=day(due), **more)


def standing(**more) -> Standing:
    return Standing(**{"today": TODAY, "until": day(7), "ends_on": day(200), "last": LAST, **more})


def topics(agenda) -> dict[str, list[str]]:
    return {
        topic["key"]: [line.get("title", line.get("kind")) for line in topic["lines"]] for topic in agenda
    }


def test_last_times_actions_come_first_the_open_ones_before_the_done():
    items = [
        item("done", done_on=day(-1), action_of=LAST),
        item("later", 5, action_of=LAST),
        item("late", -2, action_of=LAST),
        item("of an earlier meeting", 1, action_of=EARLIER),
        item("done earlier", done_on=day(-9), action_of=EARLIER),
        item("stuck", 4, action_of=LAST, blocked=True, reason="No key"),
    ]
    first = weekly_agenda(standing(items=items), 15)[0]
    assert first["key"] == "actions"
    assert [(line["title"], line["state"]) for line in first["lines"]] == [
        ("late", "late"),
        ("of an earlier meeting", "open"),
        ("stuck", "blocked"),
        ("later", "open"),
        ("done", "done"),
    ]
    # They are not said twice.
    assert set(topics(weekly_agenda(standing(items=items), 15))) == {"actions", "round"}


def test_a_weekly_review_says_what_moved_what_is_stuck_what_comes_and_what_is_to_be_decided():
    found = weekly_agenda(
        standing(
            items=[
                item("soon", 7),
                item("in two weeks", 14),
                item("late", -1),
                item("stuck", 30, blocked=True, blocked_on="vendor", reason="No key"),
            ],
            moves=[Move("Kickoff", day(1), day(4), "Trade fair", "Carla", 6)],
            wanted=[Wanted("decision", "Which region first?"), Wanted("proposal", "Send users", on=day(9))],
        ),
        15,
    )
    assert list(topics(found).items()) == [
        ("moved", ["Kickoff"]),
        ("blocked", ["stuck"]),
        ("due", ["late", "soon"]),
        ("decisions", ["Which region first?", "Send users"]),
        ("round", []),
    ]
    assert found[0]["lines"][0] == {
        "title": "Kickoff",
        "old_on": "2026-03-03",
        "new_on": "2026-03-06",
        "reason": "Trade fair",
        "by": "Carla",
        "others": 6,
    }
    assert found[2]["lines"][0]["state"] == "late"


def test_a_renewal_review_begins_with_what_was_bought():
    found = renewal_agenda(
        standing(
            ends_on=day(60),
            aims=[Aim("Faster", "hours", "48", "20", "8", day(30), True, False, uuid4())],
            gains=[Gain("First quote", "2 days", "1 hour", "All teams")],
            stops=[
                Stop("Kickoff held", day(-30), day(-28), day(-29)),
                Stop("Trained", day(-10), day(-20), day(-5)),
                Stop("Live", day(-1), day(-1)),
                Stop("Rolled out", day(20), day(20)),
                Stop("Renewed", day(120), day(120)),
            ],
            items=[item("late", -4), item("soon", 3), item("stuck", 50, blocked=True)],
            wanted=[Wanted("decision", "Renew for two years?")],
        ),
        30,
    )
    assert list(topics(found).items()) == [
        ("objectives", ["Faster"]),
        ("wins", ["First quote"]),
        ("milestones", ["Kickoff held", "Trained", "Live"]),
        ("open", ["late", "stuck"]),
        ("ahead", ["Rolled out", "Faster", ""]),
        ("decisions", ["Renew for two years?"]),
        ("round", []),
    ]
    stops = found[2]["lines"]
    assert [(stop["state"], stop["in_time"]) for stop in stops] == [
        ("done", True),
        ("done", False),
        ("late", False),
    ]
    assert found[4]["lines"][-1] == {"kind": "end", "title": "", "on": day(60).isoformat()}


def test_nothing_to_say_leaves_the_time_to_talk():
    assert weekly_agenda(standing(), 15) == [{"key": "round", "minutes": 15, "lines": [], "more": 0}]


def test_a_long_topic_is_cut_and_says_so():
    found = weekly_agenda(standing(items=[item(f"{n}") for n in range(400)]), 15)
    assert (len(found[0]["lines"]), found[0]["more"]) == (MOST, 400 - MOST)


def test_json_keeps_it():
    items = [item("late", -2, action_of=LAST, blocked=True, blocked_on="nobody", reason="Law")]
    found = weekly_agenda(
        standing(items=items, wanted=[Wanted("evidence", "x", on=TODAY, id=UUID(int=7))]), 15
    )
    assert json.loads(json.dumps(found)) == found


@given(st.integers(1, 480), st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_minutes_sum_to_the_length_and_nobody_goes_without_where_there_are_enough(minutes, weights):
    shares = share_minutes(minutes, weights)
    assert sum(shares) == minutes
    assert min(shares) >= (1 if minutes >= len(weights) else 0)
    assert len(shares) == len(weights)


_items = st.builds(
    Item,
    id=st.uuids(),
    title=st.text(max_size=5),
    side=st.sampled_from(["vendor", "customer"]),
    owner=st.just(""),
    due_on=st.integers(-40, 40).map(day),
    done_on=st.none() | st.just(TODAY),
    blocked=st.booleans(),
    action_of=st.sampled_from([None, LAST, EARLIER]),
)


@given(
    st.lists(_items, max_size=30),
    st.integers(0, 20),
    st.integers(10, 240),
    st.sampled_from([weekly_agenda, renewal_agenda]),
)
def test_any_plan_fills_the_meeting_exactly(items, moves, minutes, make):
    moved = [Move("x", TODAY, day(1), "", "", 0)] * moves
    found = make(standing(items=items, moves=moved), minutes)
    assert sum(topic["minutes"] for topic in found) == minutes
    assert all(topic["minutes"] >= 1 for topic in found)
    assert all(topic["lines"] for topic in found[:-1])
    ids = [line["id"] for topic in found for line in topic["lines"] if "id" in line]
    assert len(ids) == len(set(ids)), "nothing is said twice"
