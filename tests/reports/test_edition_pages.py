"""The pages of editions: who gets in, what they show while it is made, what the download carries."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from portal.lib import clock
from portal.lib.canonical import digest
from portal.lib.files import path_of
from reports.codes import printed
from reports.models import Edition, Step
from reports.services import making
from tests.factories import make_draft_plan, make_live_plan
from tests.reports.editions import asked, finished, period
from tests.reports.recaps import page_texts

LIST, NEW = "/editions/", "/editions/new/"
EVERYBODY = [
    "admin",
    "csm",
    "executive",
    "sponsor",
    "champion",
    "contributor",
    "viewer",
    "stranger",
    "anonymous",
]
READERS = [200] * 5
# In the order of EVERYBODY. An anonymous person is sent to sign in.
DONE_PAGE = [*READERS, 403, 403, 404, 302]
WORKING_PAGE = [200, 200, 200, 404, 404, 404, 404, 404, 302]


def page(edition: Edition, part: str = "") -> str:
    return f"/editions/{edition.pk}/{part}"


def data(chosen, **changes) -> dict[str, str]:
    begins, ends = period(chosen)
    return {
        "plan": str(chosen.pk),
        "period_from": begins.isoformat(),
        "period_to": ends.isoformat(),
        "audience": "shared",
        "language": "en",
        "paper": "a4",
    } | changes


def failed(plan, csm) -> Edition:
    edition = asked(plan, csm)
    Edition.objects.filter(pk=edition.pk).update(
        failed_at=clock.now(), reason="RuntimeError: <out of ink>", step=Step.LAYING_OUT
    )
    return edition


@pytest.mark.usefixtures("sketched")
def test_who_gets_in_to_a_finished_one(plan, csm, everybody, enter) -> None:
    edition = finished(plan, csm)
    for part in ("", "download/"):
        found = {
            name: enter(person).get(page(edition, part)).status_code for name, person in everybody.items()
        }
        assert found == dict(zip(EVERYBODY, DONE_PAGE, strict=True)), part


def test_customers_see_only_what_is_finished(plan, csm, everybody, enter) -> None:
    for edition in (asked(plan, csm), failed(make_live_plan(account=plan.account), csm)):
        found = {name: enter(person).get(page(edition)).status_code for name, person in everybody.items()}
        assert found == dict(zip(EVERYBODY, WORKING_PAGE, strict=True))


def test_who_lists_and_who_asks(plan, everybody, enter) -> None:
    lists = {name: enter(person).get(LIST).status_code for name, person in everybody.items()}
    assert lists == dict(zip(EVERYBODY, [*READERS, 403, 403, 200, 302], strict=True))
    forms = {name: enter(person).get(NEW).status_code for name, person in everybody.items()}
    assert forms == dict(zip(EVERYBODY, [200, 200, *[403] * 6, 302], strict=True))
    posts = {name: enter(person).post(NEW, data(plan)).status_code for name, person in everybody.items()}
    assert posts == dict(zip(EVERYBODY, [302, 302, *[403] * 6, 302], strict=True))
    assert Edition.objects.count() == 1


def test_who_tries_again(plan, csm, everybody, enter) -> None:
    edition = failed(plan, csm)
    found = {
        name: enter(person).post(page(edition, "retry/")).status_code
        for name, person in everybody.items()
        if name not in ("admin", "csm")
    }
    assert found == {
        "executive": 403, "sponsor": 404, "champion": 404, "contributor": 404, "viewer": 404, "stranger": 404,
        "anonymous": 302,
    }  # fmt: skip
    assert Edition.objects.get().state == "failed"
    assertRedirects(enter(csm).post(page(edition, "retry/")), page(edition))
    assert Edition.objects.get().state == "working"
    assert enter(csm).get(page(edition, "retry/")).status_code == 405


@pytest.mark.usefixtures("sketched")
def test_the_list_shows_each_person_theirs(plan, csm, champion, stranger, enter, other_account) -> None:
    done = finished(plan, csm)
    working = asked(plan, csm)
    other = finished(make_live_plan(account=other_account, owners={"csm": csm}), csm)
    everything = enter(csm).get(LIST)
    for edition in (done, working, other):
        assertContains(everything, page(edition))
    assertContains(everything, "Value recap for Umbrella")
    theirs = enter(champion).get(LIST)
    assertContains(theirs, page(done))
    assertNotContains(theirs, page(working))
    assertNotContains(theirs, "Umbrella")
    assertNotContains(theirs, NEW)
    assertContains(enter(stranger).get(LIST), page(other))
    one = enter(csm).get(LIST, {"plan": str(plan.pk)})
    assertNotContains(one, page(other))
    assert enter(champion).get(LIST, {"plan": str(other.plan_id)}).status_code == 404
    assert enter(csm).get(LIST, {"plan": "nonsense"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_reads_the_same_number_of_queries(
    account, owners, csm, enter, count, django_assert_num_queries
):
    for number in range(count):
        plan = make_live_plan(account=account, owners=owners)
        asked(plan, csm, period_from=period(plan)[1] - timedelta(days=number))
    browser = enter(csm)
    # Session, person, accounts, count, editions with plans.
    with django_assert_num_queries(6):
        assert browser.get(LIST).status_code == 200


def test_asking_from_a_plan_fills_in_the_last_ninety_days(plan, csm, enter) -> None:
    plan.kickoff_on = period(plan)[1] - timedelta(days=400)
    plan.save()
    browser = enter(csm)
    response = browser.get(NEW, {"plan": str(plan.pk)})
    form = response.context["form"]
    assert form.initial["period_to"] - form.initial["period_from"] == timedelta(days=90)
    assertContains(response, f'<option value="{plan.pk}" selected>')
    assertContains(response, reverse("plan_detail", args=[plan.pk]))
    assert browser.get(NEW, {"plan": "nonsense"}).status_code == 404


def test_asked_for_it_leads_to_its_page(plan, csm, enter, queued) -> None:
    response = enter(csm).post(NEW, data(plan))
    edition = Edition.objects.get()
    assertRedirects(response, page(edition))
    assert edition.requested_by == csm
    assert queued.named("reports.make_edition") == [(str(edition.pk),)]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"period_from": "2026-13-01"}, "period_from", "Enter a valid date."),
        ({"period_to": "2999-01-01"}, "period_to", "This day has not come yet."),
        ({"period_from": ""}, "period_from", "This field is required."),
        ({"period_from": "0001-01-01"}, "period_from", "This year cannot be meant."),
        ({"plan": str(uuid4())}, "plan", "Choose a plan that is live."),
    ],
)
def test_what_makes_no_sense_is_said_next_to_the_field(plan, csm, enter, changes, field, said) -> None:
    response = enter(csm).post(NEW, data(plan, **changes))
    assert response.status_code == 422
    assert response.context["form"].errors[field] == [said]
    assertContains(response, said, status_code=422)
    assert not Edition.objects.exists()


def test_a_period_that_ends_before_it_begins(plan, csm, enter) -> None:
    begins, ends = period(plan)
    response = enter(csm).post(NEW, data(plan, period_from=ends.isoformat(), period_to=begins.isoformat()))
    assert response.context["form"].errors["period_to"] == ["The period ends before it begins."]


def test_a_draft_cannot_be_chosen(account, owners, csm, enter) -> None:
    draft = make_draft_plan(account=account, owners=owners)
    response = enter(csm).post(NEW, data(draft))
    assertContains(response, "Choose a plan that is live.", status_code=422)


@pytest.mark.usefixtures("sketched")
def test_the_page_follows_the_making(plan, csm, enter) -> None:
    edition = asked(plan, csm)
    browser = enter(csm)
    first = browser.get(page(edition))
    assertContains(first, f'hx-get="{page(edition)}?seen=queued"')
    assertContains(first, '<noscript><meta http-equiv="refresh"')
    assertNotContains(first, "data-announce")
    htmx = {"HX-Request": "true"}
    assert browser.get(page(edition), {"seen": "queued"}, headers=htmx).status_code == 204
    Edition.objects.filter(pk=edition.pk).update(step=Step.LAYING_OUT)
    moved = browser.get(page(edition), {"seen": "queued"}, headers=htmx)
    assert moved.content.strip().startswith(b'<div id="making"')
    assertContains(moved, "data-announce>Laying out<")
    assertContains(moved, 'aria-current="step"')
    assert "no-store" in moved["Cache-Control"]
    assert "HX-Request" in moved["Vary"]
    making.make_edition(edition.pk)
    done = browser.get(page(edition), {"seen": "laying_out"}, headers=htmx)
    assertContains(done, "data-announce>Ready<")
    assertContains(done, Edition.objects.get().file_sha256)
    assertContains(done, page(edition, "download/"))
    assertNotContains(done, "every 1s")


def test_a_failed_one_says_why_and_offers_another_try(plan, csm, executive, enter) -> None:
    edition = failed(plan, csm)
    response = enter(csm).get(page(edition))
    assertContains(response, "RuntimeError: &lt;out of ink&gt;")
    assertContains(response, page(edition, "retry/"))
    assertContains(response, 'data-state="failed"')
    assertNotContains(enter(executive).get(page(edition)), page(edition, "retry/"))


def test_the_list_is_filtered_by_kind_and_account(plan, csm, enter, other_account) -> None:
    recap = asked(plan, csm)
    export = asked(plan, csm, kind="plan_export", paper="letter")
    other = asked(make_live_plan(account=other_account), csm)
    browser = enter(csm)
    for words, shown in (
        ({}, [recap, export, other]),
        ({"kind": "plan_export"}, [export]),
        ({"account": str(other_account.pk)}, [other]),
        ({"account": str(plan.account_id), "kind": "recap"}, [recap]),
    ):
        response = browser.get(LIST, words)
        for edition in (recap, export, other):
            assert (page(edition) in response.content.decode()) is (edition in shown), words
    assertContains(browser.get(LIST, {"kind": "packet"}), "No such document")
    assert browser.get(LIST, {"kind": "poem"}).status_code == 404
    assert (export.period_from, export.paper) == (export.period_to, "letter")


def test_a_document_is_chosen_then_its_form_asks_what_it_wants(plan, csm, enter) -> None:
    browser = enter(csm)
    choice = browser.get(NEW, {"account": str(plan.account_id)})
    for words in (
        "Value recap",
        "First win",
        "Renewal packet",
        "Weekly scoreboard",
        "Review pack",
        "Plan export",
    ):
        assertContains(choice, words)
    assertContains(choice, f"{NEW}?kind=scoreboard&amp;account={plan.account_id}")
    fields = {
        "recap": ["plan", "period_from", "period_to", "audience"],
        "first_win": ["win", "day"],
        "packet": ["renewal", "day", "audience"],
        "scoreboard": ["account", "week"],
        "review": ["plan", "period_from", "period_to", "audience"],
        "plan_export": ["plan", "day"],
    }
    for kind, wanted in fields.items():
        response = browser.get(NEW, {"kind": kind})
        assert list(response.context["form"].fields) == [*wanted, "language", "paper"]
        assert browser.post(NEW, {"kind": kind}).status_code == 422


def test_a_week_is_the_whole_week_of_the_account(plan, csm, enter) -> None:
    day = plan.account.today() - timedelta(days=9)
    data = {
        "kind": "scoreboard",
        "account": str(plan.account_id),
        "week": day.isoformat(),
        "language": "de",
        "paper": "letter",
    }
    enter(csm).post(NEW, data)
    edition = Edition.objects.get()
    assert (edition.period_from.weekday(), edition.period_to - edition.period_from) == (0, timedelta(days=6))
    assert edition.period_from <= day <= edition.period_to
    assert (edition.plan, edition.language, edition.paper, edition.audience) == (
        plan,
        "de",
        "letter",
        "shared",
    )
    response = enter(csm).post(NEW, data | {"week": "2999-01-01"})
    assert response.context["form"].errors["week"] == ["This day has not come yet."]
    response = enter(csm).post(NEW, data | {"week": "9999-12-31"})
    assert response.context["form"].errors["week"] == ["This year cannot be meant."]


@pytest.mark.usefixtures("sketched")
def test_what_is_only_for_us_no_customer_sees(plan, csm, champion, enter) -> None:
    edition = finished(plan, csm, audience="internal")
    assertContains(enter(csm).get(page(edition)), "Only us")
    for part in ("", "download/"):
        assert enter(champion).get(page(edition, part)).status_code == 404
    assertNotContains(enter(champion).get(LIST), page(edition))


@pytest.mark.usefixtures("sketched")
def test_one_that_is_called_off_says_so_and_can_be_made_after_all(
    plan, csm, executive, champion, enter
) -> None:
    edition = asked(plan, csm)
    browser = enter(csm)
    assertContains(browser.get(page(edition)), page(edition, "cancel/"))
    assertNotContains(enter(executive).get(page(edition)), page(edition, "cancel/"))
    assert enter(champion).post(page(edition, "cancel/")).status_code == 404
    assert browser.get(page(edition, "cancel/")).status_code == 405
    assertRedirects(browser.post(page(edition, "cancel/")), page(edition), fetch_redirect_response=False)
    making.make_edition(edition.pk)
    edition.refresh_from_db()
    assert (edition.state, edition.cancelled_by, edition.attempts) == ("cancelled", csm, 0)
    assertContains(browser.get(page(edition)), "Make it after all")
    assertContains(browser.post(page(edition, "cancel/"), follow=True), "It is not being made any more.")
    browser.post(page(edition, "retry/"))
    making.make_edition(edition.pk)
    done = browser.get(page(edition))
    assertContains(done, "PDF, ")
    assertContains(done, printed(Edition.objects.get().code))
    assertNotContains(done, page(edition, "cancel/"))


@pytest.mark.usefixtures("sketched")
def test_a_poll_does_not_read_the_snapshot(plan, csm, enter, django_assert_num_queries) -> None:
    edition = finished(plan, csm)
    browser = enter(csm)
    with django_assert_num_queries(4) as queries:
        browser.get(page(edition))
    assert not any('"reports_edition"."snapshot"' in one["sql"] for one in queries)


def test_the_download_is_an_attachment_kept_private(plan, csm, sponsor, enter) -> None:
    plan.account.name = 'Größe "A"/B\r\nX'
    plan.account.save()
    edition = finished(plan, csm)
    response = enter(sponsor).get(page(edition, "download/"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''Value%20recap%20Gr%C3%B6%C3%9Fe"
    )
    assert "%2F" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    assert digest(response.content) == edition.file_sha256
    assert "Value recap" in page_texts(response.content)[0]


def test_nothing_to_download_yet(plan, csm, enter) -> None:
    edition = asked(plan, csm)
    assertRedirects(enter(csm).get(page(edition, "download/")), page(edition))


@pytest.mark.usefixtures("sketched")
def test_a_damaged_file_is_never_served(plan, csm, enter, caplog) -> None:
    edition = finished(plan, csm)
    browser = enter(csm)
    path_of(edition.file).write_bytes(b"%PDF- something else")
    assert digest(browser.get(page(edition, "download/")).content) == edition.file_sha256
    Edition.objects.filter(pk=edition.pk).update(file_sha256="0" * 64)
    response = browser.get(page(edition, "download/"), follow=True)
    assertContains(response, "The file is damaged and could not be made again.")
