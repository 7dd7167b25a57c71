"""Claimed, evidenced, confirmed: each way in which a number or a win can stand."""

from datetime import UTC, date, datetime
from itertools import product
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from plans.values import Standing, Value, standing, standing_of_win

# Late in the evening in Lisbon it is the next day in Berlin.
AT, LATER = datetime(2026, 3, 2, 23, 30, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC)
BERLIN, LISBON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Lisbon")
PROOF, RETURNED = SimpleNamespace(returned_at=None), SimpleNamespace(returned_at=AT)


def number(side: str, *, accepted: bool = False, evidence: SimpleNamespace | None = None) -> SimpleNamespace:
    ours, theirs = ("Carla", "Sam") if side == "vendor" else ("Sam", "Carla")
    answer = (
        {"accepted_by": theirs, "accepted_at": LATER}
        if accepted
        else {"accepted_by": None, "accepted_at": None}
    )
    return SimpleNamespace(claimed_by=ours, claimed_side=side, claimed_at=AT, evidence=evidence, **answer)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (number("vendor"), Standing(Value.CLAIMED, "Carla", date(2026, 3, 3))),
        (number("customer"), Standing(Value.CLAIMED, "Sam", date(2026, 3, 3))),
        (number("vendor", evidence=PROOF), Standing(Value.EVIDENCED, "Carla", date(2026, 3, 3))),
        (number("vendor", evidence=RETURNED), Standing(Value.CLAIMED, "Carla", date(2026, 3, 3))),
        # It is the customer's name and day, whoever spoke last.
        (number("vendor", accepted=True), Standing(Value.CONFIRMED, "Sam", date(2026, 3, 9))),
        (
            number("customer", accepted=True, evidence=RETURNED),
            Standing(Value.CONFIRMED, "Sam", date(2026, 3, 3)),
        ),
    ],
)
def test_a_number_stands_as_the_two_sides_have_said(one, expected) -> None:
    assert standing(one, BERLIN) == expected


def test_days_are_days_where_the_account_is() -> None:
    assert standing(number("vendor"), LISBON).day == date(2026, 3, 2)


def test_only_the_word_of_both_sides_confirms() -> None:
    for side, accepted, evidence in product(("vendor", "customer"), (False, True), (None, PROOF, RETURNED)):
        found = standing(number(side, accepted=accepted, evidence=evidence), BERLIN)
        assert (found.kind == Value.CONFIRMED) is accepted
        assert found.kind != Value.CONFIRMED or found.name == "Sam"


@pytest.mark.parametrize("proved", [False, True])
@pytest.mark.parametrize("kind", [None, *Value])
def test_a_win_is_confirmed_by_a_person_and_evidenced_by_its_number_or_its_tasks(kind, proved) -> None:
    told = SimpleNamespace(confirmed_by="Sam", confirmed_at=LATER)
    open_win = SimpleNamespace(confirmed_by=None, confirmed_at=None)
    behind = Standing(kind, "Carla", date(2026, 3, 3)) if kind else None
    assert standing_of_win(told, BERLIN, number=behind, proved=proved) == Standing(
        Value.CONFIRMED, "Sam", date(2026, 3, 9)
    )
    expected = Value.EVIDENCED if proved or kind in (Value.EVIDENCED, Value.CONFIRMED) else Value.CLAIMED
    assert standing_of_win(open_win, BERLIN, number=behind, proved=proved) == Standing(expected)
