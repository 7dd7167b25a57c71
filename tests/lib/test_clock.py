"""What time it is, and was."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.lib import clock

THEN = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_now_is_aware_and_moves() -> None:
    with time_machine.travel(THEN, tick=False) as travel:
        assert clock.now() == THEN
        assert clock.now().utcoffset() == timedelta(0)
        travel.shift(5)
        assert clock.now() == THEN + timedelta(seconds=5)


def test_as_of_holds_inside_and_ends_with_it() -> None:
    with clock.as_of(THEN):
        assert clock.now() == THEN
        with clock.as_of(THEN - timedelta(days=1)):
            assert clock.now() == THEN - timedelta(days=1)
        assert clock.now() == THEN
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_as_of_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), clock.as_of(THEN):
        raise ZeroDivisionError
    assert clock.now() > THEN
