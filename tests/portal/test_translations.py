"""The German catalogue is complete, fits its compiled form, and is what pages, mails and recaps show."""

import gettext
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from accounts.models import OutgoingMail
from accounts.services.invitations import invite_colleague
from plans.services.telling import tell_new_owner, tell_plan_is_live
from portal.lib.days import full_day, long_day, moment, period, short_day
from reports.documents import make_pdf
from reports.recap.document import render
from tests.factories import actor, task_of
from tests.portal.catalogue import PO, entries, texts_of_sources
from tests.reports.recaps import page_texts, recap

GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}
ENTRIES = entries()
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|</?\w+>")
# Frequent English words that no German text has.
ENGLISH = re.compile(
    r"\b(the|and|of|your|you|yours|is|for|with|this|yet|by|to|task|evidence|needs|due|done)\b", re.I
)
OWN_WORDS = re.compile(
    r"Acme: Small playbook|To begin\.|To use it\.|, for sure|Quotes are faster|Hours to a quote"
    r"|\b(Task|Milestone|Stage|What|Why|Result|Next|Shows) \d+\b"
)
SHOWN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt", "data-too-large"}
HIDDEN = {"script", "style"}


def test_every_text_has_a_sure_translation() -> None:
    assert len(ENTRIES) > 800
    assert [one.key for one in ENTRIES if one.fuzzy or not all(one.translations)] == []


def test_every_text_of_the_sources_is_in_the_catalogue() -> None:
    """`make messages` collects what is missing."""
    known = {one.key for one in ENTRIES}
    found = list(texts_of_sources())
    assert len({key for _file, key in found}) > 800
    assert [(file, key) for file, key in found if key not in known] == []


@pytest.mark.parametrize("number", [0, 1])
def test_placeholders_are_the_same(number) -> None:
    for one in ENTRIES:
        assert len(one.translations) == (2 if one.plural else 1), one.key
        if number < len(one.translations):
            english = one.plural if number else one.text
            assert placeholders(one.translations[number]) == placeholders(english), one.key


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    """It is in the repository, so that German needs no gettext tools."""
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for one in ENTRIES:
        if one.plural:
            made = tuple(compiled.ngettext(one.text, one.plural, n) for n in (1, 2))
        else:
            made = (compiled.pgettext(one.context, one.text) if one.context else compiled.gettext(one.text),)
        assert made == one.translations, one.key


def test_days_and_numbers_are_written_as_germans_write_them(enter, plan, champion) -> None:
    day = date(2026, 4, 3)
    with override("de"):
        assert (short_day(day), long_day(day)) == ("3. Apr", "3. April 2026")
        assert full_day(day) == "Freitag, 3. April 2026"
        assert period(day, date(2026, 6, 30)) == "3. Apr 2026 bis 30. Jun 2026"
        assert (
            moment(datetime(2026, 4, 3, 12, 5, tzinfo=UTC), ZoneInfo("Europe/Berlin")) == "3. Apr 2026, 14:05"
        )
    # A browser's date field knows one form only.
    html = (
        enter(champion).get(f"/plans/{plan.pk}/tasks/{task_of(plan, 1).pk}/", headers=GERMAN).content.decode()
    )
    assert f'value="{task_of(plan, 1).due_on.isoformat()}"' in html


def test_the_sign_in_page_is_german(client) -> None:
    text = shown(client.get(reverse("account_login"), headers=GERMAN))
    assert "Geben Sie Ihre geschäftliche E-Mail-Adresse an." in text
    assert "Code senden" in text


@pytest.mark.parametrize("who", ["admin", "csm", "executive", "sponsor", "champion", "contributor", "viewer"])
def test_every_home_is_german(enter, everybody, plan, who) -> None:
    assert "Abmelden" in shown(enter(everybody[who]).get("/", headers=GERMAN))


def test_the_plan_is_german(enter, plan, champion) -> None:
    text = shown(enter(champion).get(f"/plans/{plan.pk}/", headers=GERMAN))
    for words in (
        "0 von 4 Aufgaben erledigt",
        "Sie sind an der Reihe: 2 Schritte zu tun",
        "Was wir erreichen wollen",
    ):
        assert words in text


def test_the_task_is_german(enter, plan, champion) -> None:
    task = task_of(plan, 1)
    text = shown(enter(champion).get(f"/plans/{plan.pk}/tasks/{task.pk}/", headers=GERMAN))
    for words in ("Als erledigt markieren", "An der Reihe", "30 Minuten", "Etwas steht im Weg"):
        assert words in text


@pytest.mark.parametrize(
    "name",
    [
        "account_list",
        "settings_page",
        "people",
        "connections",
        "deliveries",
        "edition_list",
        "edition_create",
        "edition_check",
        "deal_create",
    ],
)
def test_the_vendors_pages_are_german(enter, admin, csm, plan, name) -> None:
    who = csm if name in {"deal_create", "edition_create"} else admin
    assert "Zum Inhalt springen" in shown(enter(who).get(reverse(name), headers=GERMAN))


def test_the_invitation_is_german(client, csm, account) -> None:
    invitation = invite_colleague(
        by=actor(csm, account), account=account, name="Nora New", email="nora@example.com", role="contributor"
    )
    text = shown(client.get(reverse("invitation_page", args=[invitation.pk]), headers=GERMAN))
    assert "Carla Csm lädt Sie ein" in text
    assert "Annehmen und anmelden" in text


def test_mails_are_in_the_language_of_their_reader(plan, champion, csm, client) -> None:
    champion.language = "de"
    champion.save()
    tell_plan_is_live(plan, champion)
    tell_new_owner(task_of(plan, 1), csm)
    live, task = OutgoingMail.objects.order_by("created_at")
    assert live.subject == f"Ihr Plan mit {settings.PORTAL_VENDOR_NAME} ist bereit: {plan.name}"
    assert task.subject == "Sie sind an der Reihe: Task 1"
    for one in (live, task):
        assert "Sie erhalten diese E-Mail, weil" in one.text
        assert '<html lang="de"' in one.html
        assert leftovers(without_content(one.text)) == []
    client.post(reverse("account_login"), {"email": champion.email}, headers=GERMAN)
    assert OutgoingMail.objects.get(kind="sign_in").subject.endswith("ist Ihr Anmeldecode")


def test_a_recap_in_german() -> None:
    german = recap(language="de")
    html = render(german)
    assert '<html lang="de"' in html
    headings = re.findall(r"<h2[^>]*>([^<]+)", html)
    for words in (
        "Zusammenfassung",
        "Ergebnisse",
        "Meilensteine",
        "Angenommene Nachweise",
        "Die nächsten 90 Tage",
    ):
        assert words in headings
    assert re.search(r"Erstellt von .+ am \d+\. \w+ 20\d\d", html)
    assert "Seite 2 von" in " ".join(page_texts(make_pdf(german)))


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def shown(answer) -> str:
    """What a person sees or hears of a German page; there must be no English in it."""
    assert answer.status_code == 200
    html = answer.content.decode()
    assert '<html lang="de">' in html
    assert answer["Content-Language"] == "de"
    reader = _Words()
    reader.feed(html)
    text = " ".join(" ".join(reader.words).split())
    assert leftovers(without_content(text)) == []
    return text


def leftovers(text: str) -> list[str]:
    untranslated = [
        one.text
        for one in ENTRIES
        if " " in one.text and one.text not in one.translations and "%(" not in one.text and one.text in text
    ]
    return untranslated + ENGLISH.findall(text)


def without_content(text: str) -> str:
    """Without what the plan's own words are: those stay in the language they were written in."""
    return OWN_WORDS.sub("", text)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN
        self.words += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
