"""One click ends a kind of mail (RFC 8058): from the mail program, from the page, from the settings."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import MailPreference
from accounts.services.unsubscribing import PREFERENCES, SALT, unsubscribe_url

pytestmark = pytest.mark.django_db


def path_of(person, kind="digest") -> str:
    return unsubscribe_url(person.pk, kind).removeprefix("http://127.0.0.1:8000")


EVERYTHING = {"digest": True, "weekly": True, "scoreboard": True, "at_once": True}


def wants(person) -> dict[str, bool]:
    kept = MailPreference.objects.filter(user=person).first() or MailPreference(user=person)
    return {name: getattr(kept, name) for name in ("digest", "weekly", "scoreboard", "at_once")}


@pytest.mark.parametrize(("kind", "field"), PREFERENCES.items())
def test_the_mail_program_does_it_without_session_or_token(champion, kind, field):
    """With CSRF checks on, as in production, and no cookie at all."""
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(path_of(champion, kind), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "You will not get it any more" in answer.content.decode()
    assert wants(champion) == EVERYTHING | {field: False}
    # Pressed again, it stays so.
    assert browser.post(path_of(champion, kind)).status_code == 200


def test_looking_changes_nothing(client, champion):
    """Mail scanners follow links."""
    for method in (client.get, client.head):
        assert method(path_of(champion)).status_code == 200
    assert "End this mail" in client.get(path_of(champion)).content.decode()
    assert not MailPreference.objects.exists()


def test_the_page_says_nothing_about_the_person(client, champion):
    text = client.get(path_of(champion)).content.decode()
    assert champion.email not in text
    assert champion.name not in text


def test_forged_and_expired(client, champion, stranger):
    good = path_of(champion)
    body, _colon, signature = good.strip("/").rpartition(":")
    others = path_of(stranger).strip("/").rpartition(":")[0]
    bad = [
        f"/{body}:{signature[:-2]}xx/",
        f"/{others}:{signature}/",
        f"/unsubscribe/{'x' * 5000}/",
        f"/unsubscribe/{signing.dumps([champion.pk.hex, 'sign_in'], salt=SALT)}/",
        f"/unsubscribe/{signing.dumps(['x', 'digest'], salt=SALT)}/",
        f"/unsubscribe/{signing.dumps(7, salt=SALT)}/",
        f"/unsubscribe/{signing.dumps([champion.pk.hex, 'digest'], salt='another')}/",
        "/unsubscribe/a%00b/",
    ]
    for path in bad:
        assert client.post(path).status_code == 404, path
    with time_machine.travel(timezone.now() + timedelta(days=401)):
        assert client.post(good).status_code == 404
    assert not MailPreference.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=399)):
        assert client.post(good).status_code == 200


def test_the_settings_have_it_all(enter, champion):
    client = enter(champion)
    text = client.get("/settings/").content.decode()
    assert text.count('type="checkbox"') == text.count("checked") == 4
    answer = client.post("/settings/mails/", {"weekly": "on"})
    assert (answer.status_code, answer.url) == (302, "/settings/")
    assert wants(champion) == dict.fromkeys(EVERYTHING, False) | {"weekly": True}
    assert client.get("/settings/").content.decode().count("checked") == 1
    client.post("/settings/mails/", {"digest": "a\x00" * 3000, "weekly": ["on", "on"], "more": "x"})
    assert wants(champion)["digest"] is True


def test_settings_are_ones_own(enter, champion, viewer):
    enter(viewer).post("/settings/mails/", {})
    assert wants(champion) == EVERYTHING
    assert enter(None).post("/settings/mails/", {}).url.startswith("/sign-in/")
