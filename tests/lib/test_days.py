"""One way to name a day, whoever asks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from portal.lib.days import distance, full_day, long_day, moment, period, short_day

DAY = date(2026, 4, 3)


def test_a_day():
    assert (short_day(DAY), long_day(DAY), full_day(DAY)) == ("3 Apr", "3 April 2026", "Friday, 3 April 2026")


def test_a_period():
    assert period(DAY, date(2026, 6, 30)) == "3 Apr 2026 to 30 Jun 2026"


def test_a_moment_is_that_of_the_account():
    at = datetime(2026, 4, 3, 22, 30, tzinfo=UTC)
    assert moment(at, ZoneInfo("Europe/Berlin")) == "4 Apr 2026, 00:30"
    assert moment(at, ZoneInfo("America/Chicago")) == "3 Apr 2026, 17:30"


def test_words_that_are_kept_are_kept_for_their_language():
    assert full_day(DAY) == "Friday, 3 April 2026"
    with translation.override("de"):
        assert full_day(DAY) == "Freitag, 3. April 2026"
    assert full_day(DAY) == "Friday, 3 April 2026"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-2, "2 days late"),
        (0, "today"),
        (1, "tomorrow"),
        (13, "in 13 days"),
        (14, "in 2 weeks"),
        (63, "in 2 months"),
    ],
)
def test_a_distance(days, words):
    assert distance(days) == words
