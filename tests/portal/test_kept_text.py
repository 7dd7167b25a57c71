"""What was written when the session had ended is given back after the sign-in, on the page where it was written."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from plans.models import Comment
from portal.lib.kept_text import MOST_BYTES
from tests.factories import task_of

pytestmark = pytest.mark.django_db

WORDS = "We wait for the <API> user of the provider."


@pytest.fixture
def page(plan) -> str:
    task = task_of(plan, 1)
    return f"/plans/{plan.pk}/tasks/{task.pk}/"


def act(page: str) -> str:
    parts = page.strip("/").split("/")
    return f"/plans/{parts[1]}/talk/task/{parts[3]}/"


def write(browser: Client, page: str, referer: str | None = None, **data: str):
    referer = f"http://testserver{page}" if referer is None else referer
    return browser.post(act(page), {"body": WORDS, "version": "1", **data}, headers={"Referer": referer})


def back(browser: Client, person, page: str) -> str:
    browser.force_login(person)
    return browser.get(page).content.decode()


def test_it_waits_on_the_page(client, page, champion):
    answer = write(client, page)
    assert answer["Location"].startswith("/sign-in/")
    text = back(client, champion, page)
    assert "You had written:" in text
    assert "We wait for the &lt;API&gt; user of the provider." in text
    # Still there after a reload, and on no other page.
    assert "You had written:" in client.get(page).content.decode()
    assert "You had written:" not in client.get("/").content.decode()


def test_it_goes_when_it_is_sent_again(client, page, champion):
    write(client, page)
    back(client, champion, page)
    assert write(client, page).status_code == 302
    assert Comment.objects.get().body == WORDS
    assert "You had written:" not in client.get(page).content.decode()


def test_it_goes_when_it_is_not_wanted(client, page, champion):
    write(client, page)
    back(client, champion, page)
    answer = client.post("/kept-text/forget/", {"page": page})
    assert answer["Location"] == page
    assert "You had written:" not in client.get(page).content.decode()
    for elsewhere in ("//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)"):
        assert client.post("/kept-text/forget/", {"page": elsewhere})["Location"] == "/"


def test_it_goes_by_itself(client, page, champion):
    write(client, page)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "You had written:" not in back(client, champion, page)


def test_a_stranger_does_not_see_it(client, page, stranger):
    write(client, page)
    assert WORDS[:12] not in back(client, stranger, page)


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/plans/", "//elsewhere.example/"])
def test_nothing_is_kept_from_elsewhere(client, page, champion, referer):
    write(client, page, referer=referer)
    assert "kept_text" not in client.session


def test_no_token_nothing_kept(page):
    browser = Client(enforce_csrf_checks=True)
    assert write(browser, page).status_code == 403
    assert "kept_text" not in browser.session


def test_only_writing_is_kept_and_only_so_much(client, page):
    data = {"password": "tulip tulip", "csrfmiddlewaretoken": "a b c", "owner": "00000000-0000-4000-8000-000000000001",
            "due_on": "2026-03-04", "note": "é" * MOST_BYTES, "link": "https://x.example"}  # fmt: skip
    write(client, page, **data)
    _path, texts, _at, _writer = client.session["kept_text"]
    assert texts[0] == WORDS
    assert "tulip" not in str(texts)
    assert sum(len(text.encode()) for text in texts) <= 2 * MOST_BYTES + len(WORDS)
    assert all("2026" not in text for text in texts)


def test_not_for_whoever_asks_too_often(client, page):
    for _n in range(11):
        client.session.flush()
        browser = Client()
        write(browser, page)
    assert "kept_text" not in browser.session


def test_whose_words_they_are(client, page, plan, csm, champion):
    """The next person on the same machine, who sees the same page, is not shown a note of the vendor's."""
    form = back(client, csm, page)
    assert f'name="writer" value="{csm.pk}"' in form
    client.logout()
    note = f"/plans/{plan.pk}/notes/task/{page.split('/')[4]}/"
    client.post(note, {"body": WORDS, "writer": str(csm.pk)}, headers={"Referer": f"http://testserver{page}"})
    assert "You had written:" not in back(client, champion, page)


def test_the_writer_gets_them_back(client, page, champion, csm):
    write(client, page, writer=str(csm.pk))
    assert "You had written:" in back(client, csm, page)


def test_a_writer_that_is_none(client, page, champion):
    write(client, page, writer="x" * 5000)
    assert "You had written:" not in back(client, champion, page)


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/\t/evil.example", ""])
def test_no_way_back_leads_to_another_host(path, client, page):
    answer = write(client, page, referer=f"http://testserver{path}")
    assert answer["Location"] == "/sign-in/?next=/"
