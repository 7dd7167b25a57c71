"""Sign-in by a code: the way in, and all the ways that are none."""

import re
import threading
import time

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import OutgoingMail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ask(client: Client, email: str, **extra: str):
    return client.post(reverse("account_login"), {"email": email, **extra})


def confirm(client: Client, code: str, **extra: str):
    return client.post(reverse("account_confirm_login_code"), {"code": code, **extra})


def code_for(email: str) -> str:
    mail = OutgoingMail.objects.filter(to=email, kind="sign_in").latest("created_at")
    return re.search(r"\b(\d{6})\b", mail.text).group(1)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_person_gets_a_code_and_is_in(client, champion, queued):
    answer = ask(client, "Chloe.Champion@example.com", next="/accounts/")
    assert answer.status_code == 302
    assert answer.url == reverse("account_confirm_login_code") + "?next=%2Faccounts%2F"
    mail = OutgoingMail.objects.get(to=champion.email)
    assert queued.named("accounts.send_mail") == [(str(mail.pk),)]
    answer = confirm(client, code_for(champion.email), next="/accounts/")
    assert (answer.status_code, answer.url) == (302, "/accounts/")
    assert client.session["_auth_user_id"] == str(champion.pk)


def test_the_mail_is_short_says_how_long_and_holds_no_link(client, champion):
    ask(client, champion.email)
    mail = OutgoingMail.objects.get()
    code = code_for(champion.email)
    assert mail.subject == f"{code} is your sign-in code"
    assert "15 minutes" in mail.text
    assert "a link alone never signs you in" in mail.text
    assert "http" not in mail.text + mail.html
    assert len(mail.text) < 600


def test_known_unknown_and_deactivated_addresses_get_the_same_answer(champion):
    closed = UserFactory(name="Cleo Closed", is_active=False)
    pages, queries = set(), set()
    for email in (champion.email, "nobody.here@example.com", closed.email):
        client = Client()
        answer = ask(client, email)
        assert (answer.status_code, answer.url) == (302, reverse("account_confirm_login_code"))
        page = client.get(answer.url).content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(email, "ADDRESS")
        pages.add(page)
        queries.add(answer.cookies["sessionid"]["max-age"])
    assert len(pages) == 1
    assert len(queries) == 1
    assert [mail.to for mail in OutgoingMail.objects.all()] == [champion.email]


def test_an_unknown_address_costs_the_same_work(
    client, champion, django_assert_max_num_queries, queued, monkeypatch
):
    """One more insert's worth at most: the mail is rendered, written and announced for both."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = {}
    for name, email in (("known", champion.email), ("unknown", "nobody.here@example.com")):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            ask(Client(), email)
        counts[name] = [query["sql"].split()[0] for query in seen]
    assert counts["known"].count("INSERT") == counts["unknown"].count("INSERT") > 0
    assert len(queued.named("accounts.send_mail")) == 2


def test_known_and_unknown_take_about_as_long(settings, champion):
    settings.ACCOUNT_RATE_LIMITS = {"login": "999/m/ip", "request_login_code": "999/m/ip"}

    def seconds(email: str) -> float:
        browser = Client()
        browser.get(reverse("account_login"))
        start = time.perf_counter()
        ask(browser, email)
        return time.perf_counter() - start

    # In turn, and the quickest of each: a busy machine slows single tries, not all of one kind.
    tries = [(seconds(champion.email), seconds("nobody.here@example.com")) for _ in range(15)]
    known, unknown = (min(column) for column in zip(*tries, strict=True))
    assert 0.5 < unknown / known < 2


def test_a_wrong_code_is_refused_and_three_end_it(client, champion):
    ask(client, champion.email)
    code = code_for(champion.email)
    for _ in range(2):
        answer = confirm(client, wrong(code))
        assert answer.status_code == 200
        assert "Incorrect code" in answer.content.decode()
    answer = confirm(client, wrong(code))
    assert (answer.status_code, answer.url) == (302, reverse("account_request_login_code"))
    confirm(client, code)
    assert not is_in(client)


def test_a_code_has_three_tries_even_when_they_come_from_copies_of_the_session(champion):
    browser = Client()
    ask(browser, champion.email)
    code = code_for(champion.email)
    key = browser.cookies["sessionid"].value
    stored = dict(browser.session.items())
    answers = []
    for _ in range(4):
        # As if each request had read the session before any other wrote it.
        session = browser.session
        session.update(stored)
        session.save()
        thief = Client()
        thief.cookies["sessionid"] = key
        answers.append(confirm(thief, wrong(code)).status_code)
    assert answers == [200, 200, 200, 429]


def test_a_code_works_once(client, champion):
    ask(client, champion.email)
    code = code_for(champion.email)
    confirm(client, code)
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert confirm(client, code).status_code == 302
    assert not is_in(client)


def test_a_code_of_somebody_else_is_worth_nothing(champion, csm):
    mine, theirs = Client(), Client()
    ask(mine, champion.email)
    ask(theirs, csm.email)
    if code_for(champion.email) != code_for(csm.email):
        confirm(mine, code_for(csm.email))
    assert not is_in(mine)


def test_an_expired_code_is_refused(champion):
    with time_machine.travel("2026-03-02 09:00", tick=False) as clock:
        client = Client()
        ask(client, champion.email)
        code = code_for(champion.email)
        clock.shift(15 * 60 + 1)
        answer = confirm(client, code)
        assert answer.status_code == 302
        assert not is_in(client)


def test_a_person_deactivated_meanwhile_stays_out(client, champion):
    ask(client, champion.email)
    code = code_for(champion.email)
    champion.is_active = False
    champion.save()
    answer = confirm(client, code)
    assert answer.url == reverse("account_inactive")
    assert not is_in(client)
    assert "access has ended" in client.get(answer.url).content.decode()


def test_deactivation_ends_a_session_at_once(enter, champion):
    client = enter(champion)
    champion.is_active = False
    champion.save()
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("email", ["champ@example.com", "nobody.here@example.com"])
def test_the_fourth_code_within_a_minute_is_not_sent(email):
    UserFactory(name="C", email="champ@example.com")
    for _ in range(3):
        assert ask(Client(), email).status_code == 302
    answer = ask(Client(), email)
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()
    assert OutgoingMail.objects.count() == (3 if email.startswith("champ") else 0)


def test_one_machine_may_ask_so_often_only():
    codes = [ask(Client(), f"person{n}@example.com").status_code for n in range(22)]
    assert codes[:20] == [302] * 20
    assert 302 not in codes[20:]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://testserver/",
    ],
)
def test_after_signing_in_one_stays_here(client, champion, target):
    ask(client, champion.email, next=target)
    answer = confirm(client, code_for(champion.email), next=target)
    assert (answer.status_code, answer.url) == (302, "/")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "no-at-sign",
        "x" * 300 + "@example.com",
        "a@example.com\nBcc: b@example.com",
        "\x00@example.com",
    ],
)
def test_what_is_no_address_is_said_next_to_the_field(client, email):
    answer = ask(client, email)
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert not OutgoingMail.objects.exists()


def test_another_address_can_be_tried_while_a_code_travels(client, champion):
    ask(client, "mistyped@example.com")
    assert client.get(reverse("account_login")).url == reverse("account_confirm_login_code")
    answer = client.post(reverse("account_logout"), {"next": reverse("account_login")})
    assert answer.url == reverse("account_login")
    assert client.get(reverse("account_login")).status_code == 200


def test_a_get_signs_nobody_out(enter, champion):
    client = enter(champion)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_in(client)


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_change_password", "account_set_password",
     "account_reset_password", "account_reauthenticate"],
)  # fmt: skip
def test_allauth_has_no_other_doors_here(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.django_db(transaction=True)
def test_one_code_used_twice_at_the_same_moment_makes_no_error(champion):
    browser = Client()
    ask(browser, champion.email)
    code, key = code_for(champion.email), browser.cookies["sessionid"].value
    answers = []

    def use() -> None:
        from django.db import connection

        client = Client()
        client.cookies["sessionid"] = key
        answers.append(confirm(client, code).status_code)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {302, 400}
