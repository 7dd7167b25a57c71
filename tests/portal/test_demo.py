"""The demo's doors: open only in a demo, and harmless there."""

import os
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from plans.playbook.reading import SHIPPED, read_playbook
from portal.demo.scripts import SCRIPTS

pytestmark = pytest.mark.django_db
DOORS = ["/demo/", "/demo/mail/", "/demo/mail/20260302-090000-1/0/"]


@pytest.fixture
def demo(settings, tmp_path):
    settings.PORTAL_DEMO = True
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return settings


def write(demo, subject: str, text: str = "Your code is 123456.", html: str = "") -> None:
    mail = EmailMultiAlternatives(subject, text, to=["mara@acme.example"])
    if html:
        mail.attach_alternative(html, "text/html")
    backend = "django.core.mail.backends.filebased.EmailBackend"
    get_connection(backend, file_path=str(demo.EMAIL_FILE_PATH)).send_messages([mail])


@pytest.mark.parametrize("url", DOORS)
def test_elsewhere_there_is_no_door(client, url):
    assert client.get(url).status_code == 404
    assert client.post(url, {"email": "x@example.com"}).status_code in (404, 405)


def test_the_mailbox_shows_what_was_sent_newest_first(client, demo):
    assert "No mail yet" in client.get("/demo/mail/").content.decode()
    write(demo, "First")
    # The file system's clock ticks slower than two mails are written.
    for file in Path(demo.EMAIL_FILE_PATH).glob("*.log"):
        os.utime(file, (1, 1))
    write(demo, "Zwölf Boxkämpfer 🦊", "Grüße: <b>fett</b>\n", html="<script>alert(1)</script>")
    mails = client.get("/demo/mail/").context["mails"]
    assert [mail["subject"] for mail in mails] == ["Zwölf Boxkämpfer 🦊", "First"]
    text = client.get(mails[0]["url"]).content.decode()
    assert "Grüße: &lt;b&gt;fett&lt;/b&gt;" in text
    assert "alert(1)" not in text
    assert "This is a demo" in text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: x\nContent-Type: text/plain; charset=no-such\n\n\xff\n",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
        b"Date: nonsense\nSubject: =?utf-8?q?=ff?=\n\nx",
        b"Subject: html only\nContent-Type: text/html\n\n<b>x</b>",
    ],
)
def test_broken_mail_breaks_nothing(client, demo, raw):
    demo.EMAIL_FILE_PATH.mkdir()
    (demo.EMAIL_FILE_PATH / "20260302-090000-1.log").write_bytes(raw)
    assert client.get("/demo/mail/").status_code == 200
    assert client.get("/demo/mail/20260302-090000-1/0/").status_code == (200 if raw.strip() else 404)


@pytest.mark.parametrize("name", ["secret_key", "20260302-090000-9", "x"])
def test_no_other_file_is_reached(client, demo, name):
    write(demo, "First")
    (demo.EMAIL_FILE_PATH.parent / "secret_key.log").write_text("secret")
    assert client.get(f"/demo/mail/{name}/0/").status_code == 404
    assert client.get("/demo/mail/..%2fsecret_key/0/").status_code == 404


def test_one_enters_as_anybody(client, demo, champion, csm):
    text = client.get("/demo/").content.decode()
    assert "Chloe Champion" in text
    assert "Carla Csm" in text
    answer = client.post(reverse("demo_enter"), {"email": champion.email})
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(champion.pk)


def test_nobody_and_the_deactivated_do_not_enter(client, demo, champion):
    champion.is_active = False
    champion.save()
    for email in (champion.email, "", "nobody@example.com", "x" * 5000):
        assert client.post(reverse("demo_enter"), {"email": email}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_every_page_says_that_it_is_a_demo(enter, demo, champion, csm):
    for person in (champion, csm, None):
        assert "This is a demo" in enter(person).get("/", follow=True).content.decode()


def test_the_scripts_name_tasks_that_the_playbooks_have():
    for story, playbook in (("demo-aldergate", "enterprise-high-touch"), ("demo-halden", "mid-market")):
        text = (SHIPPED / f"{playbook}.yaml").read_text(encoding="utf-8")
        script = SCRIPTS[story]
        named = {script.slip.task, script.asked.task, *script.keeps}
        named |= {block.task for block in script.blocks} | {said.on for said in script.talk}
        assert named <= {task.key for task in read_playbook(text, name=playbook).tasks}
