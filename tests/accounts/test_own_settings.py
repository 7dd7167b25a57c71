"""One's own settings: language, time zone, the address of the calendar."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import CalendarKey
from accounts.services.own_settings import change_settings, make_calendar_key, replace_calendar_key

pytestmark = pytest.mark.django_db
PAGE = "/settings/"


@pytest.fixture(autouse=True)
def _as_it_was():
    """A request leaves its language in the thread, as Django's own middleware does."""
    yield
    translation.activate("en")


def test_the_choice_is_kept(enter, champion):
    answer = enter(champion).post(PAGE, {"language": "de", "time_zone": "america/new_york"})
    assert (answer.status_code, answer.url) == (302, PAGE)
    champion.refresh_from_db()
    assert (champion.language, champion.time_zone) == ("de", "America/New_York")


def test_and_can_be_given_up(enter, champion):
    change_settings(by=champion, language="de", time_zone="Asia/Tokyo")
    client = enter(champion)
    text = client.get(PAGE).content.decode()
    assert 'value="Asia/Tokyo"' in text
    assert '<option value="de" selected>Deutsch</option>' in text
    client.post(PAGE, {"language": "", "time_zone": ""})
    champion.refresh_from_db()
    assert (champion.language, champion.time_zone) == ("", "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"time_zone": "Mars/Base"}, "We do not know this time zone"),
        ({"time_zone": "../etc/passwd"}, "We do not know this time zone"),
        ({"time_zone": "Z" * 5000}, "at most 64 characters"),
        ({"time_zone": "a\x00b"}, "Null characters are not allowed"),
        ({"language": "tlh"}, "Select a valid choice"),
    ],
)
def test_what_nobody_knows_is_refused_and_stays_to_be_mended(enter, champion, typed, said):
    answer = enter(champion).post(PAGE, {"language": "en", "time_zone": "Europe/Paris"} | typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert f'value="{typed.get("time_zone", "Europe/Paris")}"' in text
    champion.refresh_from_db()
    assert (champion.language, champion.time_zone) == ("", "")


def test_the_service_itself_refuses(champion):
    with pytest.raises(ValidationError, match="languages"):
        change_settings(by=champion, language="xx", time_zone="")
    with pytest.raises(ValidationError, match="time zone"):
        change_settings(by=champion, language="", time_zone="Nowhere")
    champion.is_active = False
    with pytest.raises(PermissionDenied):
        make_calendar_key(by=champion)


def test_pages_are_in_the_chosen_language_whatever_the_browser_says(enter, champion, viewer):
    change_settings(by=champion, language="de", time_zone="")
    hers = enter(champion).get("/", headers={"accept-language": "en"})
    assert '<html lang="de">' in hers.content.decode()
    assert hers["Content-Language"] == "de"
    # The next request of the same thread is somebody else's.
    his = enter(viewer)
    assert '<html lang="en">' in his.get("/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="de">' in his.get("/", headers={"accept-language": "de"}).content.decode()


def test_a_language_that_we_no_longer_speak_breaks_nothing(enter, champion):
    champion.language, champion.time_zone = "tlh", "Mars/Base"
    champion.save()
    make_calendar_key(by=champion)
    client = enter(champion)
    assert '<html lang="en">' in client.get("/").content.decode()
    assert 'value="Mars/Base"' in client.get(PAGE).content.decode()


def test_times_of_ones_own_are_in_ones_own_zone_or_the_accounts(enter, champion, viewer, csm):
    change_settings(by=champion, language="", time_zone="Asia/Tokyo")
    with time_machine.travel(datetime(2026, 3, 2, 20, 30, tzinfo=UTC), tick=False):
        make_calendar_key(by=champion)
        make_calendar_key(by=viewer)
        make_calendar_key(by=csm)
        assert "Made on 3 Mar 2026, 05:30." in enter(champion).get(PAGE).content.decode()
        assert "Made on 2 Mar 2026, 21:30." in enter(viewer).get(PAGE).content.decode()
        assert "Made on 2 Mar 2026, 20:30." in enter(csm).get(PAGE).content.decode()
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_zone_of_the_account_is_named(enter, champion, csm):
    assert "your account’s, Europe/Berlin" in enter(champion).get(PAGE).content.decode()
    assert "your account’s" not in enter(csm).get(PAGE).content.decode()


def test_the_choice_costs_no_query(enter, champion):
    client = enter(champion)
    with CaptureQueriesContext(connection) as before:
        client.get(PAGE)
    change_settings(by=champion, language="de", time_zone="Asia/Tokyo")
    with CaptureQueriesContext(connection) as after:
        client.get(PAGE)
    # The session, the person, the key of the calendar, the mails, the account’s zone, what is unread.
    assert (len(before), len(after)) == (6, 6)


def test_the_page_is_found_from_everywhere(enter, champion):
    text = enter(champion).get("/").content.decode()
    assert f'href="{PAGE}"' in text
    assert "Your settings" in text


def test_an_address_is_made_shown_replaced_and_removed(enter, champion):
    client = enter(champion)
    assert "Make a calendar address" in client.get(PAGE).content.decode()
    answer = client.post(reverse("calendar_key_make"), follow=True)
    key = CalendarKey.objects.get(user=champion)
    first = reverse("calendar_feed", args=[key.token])
    text = answer.content.decode()
    assert f'value="http://127.0.0.1:8000{first}"' in text
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert client.get(first).status_code == 200

    # Pressed once more in another tab: the same address.
    client.post(reverse("calendar_key_make"))
    assert client.get(first).status_code == 200

    text = client.post(reverse("calendar_key_replace"), follow=True).content.decode()
    key.refresh_from_db()
    second = reverse("calendar_feed", args=[key.token])
    assert "The old one does not work any more." in text
    assert second in text
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)

    text = client.post(reverse("calendar_key_remove"), follow=True).content.decode()
    assert "Make a calendar address" in text
    assert client.get(second).status_code == 404
    assert not CalendarKey.objects.exists()


def test_nobody_touches_the_address_of_somebody_else(enter, champion, viewer):
    key = make_calendar_key(by=champion)
    client = enter(viewer)
    assert key.token not in client.get(PAGE).content.decode()
    client.post(reverse("calendar_key_replace"))
    client.post(reverse("calendar_key_remove"))
    assert client.get(reverse("calendar_feed", args=[key.token])).status_code == 200


def test_the_database_holds_no_address(champion):
    key = make_calendar_key(by=champion)
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest || ' ' || token FROM accounts_calendarkey")
        (kept,) = cursor.fetchone()
    assert len(key.token) >= 43
    assert key.token not in kept


def test_with_a_lost_key_of_the_portal_the_address_works_and_can_be_replaced(enter, champion, settings):
    key = make_calendar_key(by=champion)
    settings.SECRET_KEY = "another key " * 8
    client = enter(champion)
    assert "cannot be shown any more" in client.get(PAGE).content.decode()
    assert client.get(reverse("calendar_feed", args=[key.token])).status_code == 200
    token = replace_calendar_key(by=champion).token
    assert token in client.get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["make", "replace", "remove"])
def test_a_get_changes_nothing_and_strangers_sign_in(enter, champion, name):
    url = reverse(f"calendar_key_{name}")
    assert enter(champion).get(url).status_code == 405
    answer = enter(None).post(url)
    assert (answer.status_code, answer.url[:9]) == (302, "/sign-in/")
    assert enter(None).get(PAGE).url == "/sign-in/?next=/settings/"
