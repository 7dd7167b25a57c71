"""The weekly scoreboard: what is counted, what is said of it, and that it stands on one page."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.choices import StakeholderRole
from accounts.models import Event, MailPreference, Stakeholder
from accounts.services.recording import record
from plans.models import SupportFigure, Task, UsageFigure, UsageImport
from plans.services.working import complete_task
from portal.lib import clock
from reports.documents import make_pdf
from reports.kinds import Asked
from reports.models import Edition, ScoreboardMail
from reports.scoreboard import presenting
from reports.scoreboard.gathering import gather
from reports.scoreboard.weeks import read_week, week_name
from reports.services import make_due
from reports.services.scoreboard_mails import run_scoreboards
from tests.factories import StakeholderFactory, actor, task_of
from tests.mornings import at, deliver, running_plan
from tests.reports.recaps import page_texts
from tests.reports.scoreboards import board, empty_board, full_board

# The week of 2 March 2026, told on Monday 9 March.
WEEK, MONDAY = date(2026, 3, 2), date(2026, 3, 9)
SIX = timedelta(days=6)


@pytest.fixture
def plan(account, owners):
    """Its tasks 1 and 3, the champion's, fall due in the week."""
    plan = running_plan(account=account, owners=owners)
    plan.tasks.filter(key="task-1").update(due_on=WEEK + timedelta(days=1))
    plan.tasks.filter(key="task-3").update(due_on=WEEK + timedelta(days=2))
    return plan


@pytest.fixture
def figures(account, csm):
    source = UsageImport.objects.create(account=account, received_by=csm)

    def put(monday, **more):
        here = {"account": account, "source": source, "period_from": monday, "period_to": monday + SIX}
        UsageFigure.objects.create(**here, **more)

    put(WEEK, active_users=41, seats=50)
    put(WEEK, team="Sales", active_users=9, seats=10)
    put(WEEK, feature="Alerts", active_users=3)
    put(WEEK - timedelta(days=7), active_users=39, seats=50)
    put(WEEK - timedelta(days=7), feature="Reports", active_users=3)
    here = {"account": account, "source": source, "period_from": WEEK, "period_to": WEEK + SIX}
    SupportFigure.objects.create(**here, opened=4, closed=3, late=1)
    return source


def read(account, monday=WEEK, **more):
    return gather(Asked(account, None, None, monday, monday + SIX, "en", "a4", **more))


def said(snapshot) -> dict[str, tuple]:
    rows = [row for one in presenting.measures(snapshot) for row in (one.row, *one.parts)]
    return {row.label: (row.now, row.before, row.change.text) for row in rows}


def test_the_five_measures_of_a_week(account, plan, figures, champion):
    with at(WEEK + timedelta(days=1), hour=15):
        task = task_of(plan, 1)
        complete_task(by=actor(champion, plan), task=task, version=task.version)
    with at(MONDAY):
        found = said(read(account))

    assert found["Active users"] == ("82%", "78%", "4 points more")
    assert found["Sales"] == ("90%", "–", "nothing to compare")
    assert found["Features in use"] == ("1\xa0of\xa02", "1\xa0of\xa02", "as last week")
    assert found["Support requests closed"] == ("75%", "–", "nothing to compare")
    assert found["Answered late"][0] == "25%"
    assert found["Customer’s tasks on time"] == ("50%", "–", "nothing to compare")
    assert found["All of its tasks done"] == ("50%", "0%", "1 more")


def test_a_task_of_today_is_not_late_and_one_after_its_day_is_not_on_time(account, plan, champion):
    with at(WEEK + timedelta(days=2), hour=23):
        before = read(account).tasks
        task = task_of(plan, 1)
        complete_task(by=actor(champion, plan), task=task, version=task.version)
        after = read(account).tasks

    assert (before.due_now, before.on_time_now, before.ahead) == (1, 0, 1)
    assert (after.due_now, after.on_time_now, after.done_now) == (1, 0, 1)


def test_who_of_the_executives_took_part(account, plan, sponsor, executive, champion, csm):
    def done(verb, by, day=WEEK):
        with at(day, hour=0, minute=30):
            record(verb, account_id=account.pk, plan_id=plan.pk, by=by)

    Task.objects.filter(pk=task_of(plan, 2).pk).update(owner=executive)
    for verb in ("win.confirmed", "comment.added", "signoff.signed", "milestone.reached"):
        done(verb, sponsor)
    done("task.completed", champion)
    done("meeting.held", csm)
    done("comment.added", executive, WEEK - timedelta(days=1))
    with at(MONDAY):
        part = read(account).executives

    one, other = part.people
    assert (one.name, one.acts, one.comments, one.signatures) == ("Sam Sponsor", 1, 1, 1)
    assert (other.name, other.side, other.done, other.before) == ("Eve Executive", "vendor", 0, 1)
    assert (part.total, part.now, part.before, part.meetings_now) == (2, 1, 1, 1)


def test_an_executive_who_has_nothing_to_do_here_is_not_counted(account, plan, executive):
    with at(MONDAY):
        assert read(account).executives.total == 0


def test_facts_take_a_fixed_number_of_queries(account, plan, figures, sponsor, django_assert_num_queries):
    with at(MONDAY), django_assert_num_queries(10):
        read(account)
    for number in range(3):
        StakeholderFactory(account=account, role=StakeholderRole.SPONSOR, user__name=f"Sponsor {number}")
    with at(MONDAY), django_assert_num_queries(10):
        read(account)


def test_without_figures_it_says_so_in_a_sentence(account, plan):
    with at(MONDAY):
        snapshot = read(account)
    assert presenting.missing(snapshot)[0] == (
        "How Acme uses the product is not known: no usage figures have come yet."
    )
    assert list(said(snapshot)) == [
        "Executives taking part",
        "Customer’s tasks on time",
        "All of its tasks done",
    ]


def test_it_stands_on_one_page_however_much_there_is():
    (rich,) = page_texts(make_pdf(board()))
    assert "82%" in rich
    assert "4 points more" in rich
    (_full,) = page_texts(make_pdf(full_board(paper="letter", account="Sehr lange Firma & Söhne " * 8)))
    (empty,) = page_texts(make_pdf(empty_board()))
    assert "Nothing is known of this week yet" in empty
    assert "Measure" not in empty


def test_weeks_have_names():
    assert week_name(date(2026, 12, 28)) == "2026-W53"
    assert read_week("2026-W53") == date(2026, 12, 28)
    assert [read_week(name) for name in ("2025-W53", "2026-W00", "2026-11", "٢٠٢٦-W46", "")] == [None] * 5


def test_its_pdf_is_made_once_a_week_when_figures_have_come(account, plan, request, queued):
    with at(MONDAY):
        make_due()
        assert not Edition.objects.filter(kind="scoreboard").exists()
        request.getfixturevalue("figures")
        make_due()
        make_due()
    with at(MONDAY + timedelta(days=3)):
        make_due()
    edition = Edition.objects.get(kind="scoreboard")
    assert (edition.account, edition.period_from, edition.requested_by) == (account, WEEK, None)


class TestPage:
    @pytest.fixture(autouse=True)
    def _on_monday(self, plan, figures):
        with at(MONDAY):
            yield

    def test_shows_last_week_to_both_teams(self, enter, account, sponsor, django_assert_max_num_queries):
        client = enter(sponsor)
        with django_assert_max_num_queries(20):
            text = client.get(f"/accounts/{account.pk}/scoreboard/").content.decode()
        assert "82%" in text
        assert "Week 10, 2 March 2026 to 8 March 2026" in text
        assert "Make a PDF" not in text
        assert f"/accounts/{account.pk}/scoreboard/?week=2026-W09" in text
        assert f"/accounts/{account.pk}/scoreboard/?week=2026-W11" in text

    def test_the_running_week_says_so_and_leads_no_further(self, enter, account, csm):
        text = enter(csm).get(f"/accounts/{account.pk}/scoreboard/?week=2026-W11").content.decode()
        assert "not over yet" in text
        assert "2026-W12" not in text

    @pytest.mark.parametrize("week", ["2026-W12", "2026-W99", "0001-W01", "nonsense", "9" * 5000])
    def test_a_week_that_is_none_or_has_not_begun_is_not_there(self, enter, account, csm, week):
        assert enter(csm).get(f"/accounts/{account.pk}/scoreboard/", {"week": week}).status_code == 404

    def test_a_manager_has_the_pdf_made(self, enter, account, csm, queued):
        answer = enter(csm).post(f"/accounts/{account.pk}/scoreboard/pdf/", {"week": "2026-W10"})
        edition = Edition.objects.get()
        assert answer["Location"] == f"/editions/{edition.pk}/"
        assert (edition.kind, edition.period_from, edition.period_to) == ("scoreboard", WEEK, WEEK + SIX)
        assert queued.named("reports.make_edition") == [(str(edition.pk),)]


class TestMail:
    def monday(self, day=MONDAY, **more) -> list:
        with at(day, **more):
            run_scoreboards()
            return deliver()

    def test_both_teams_get_it_on_monday_morning_once(
        self, plan, figures, csm, sponsor, champion, contributor
    ):
        csm.time_zone = "Europe/Berlin"
        csm.save()
        mails = self.monday()
        assert [mail.to[0] for mail in mails] == sorted([csm.email, sponsor.email, champion.email])
        assert mails[0].subject == "Scoreboard of Acme, Week 10"
        assert "Active users: 82% (41 of 50 seats), last week 78%, 4 points more" in mails[0].body
        assert "?week=2026-W10" in mails[0].body
        assert self.monday(minute=10) == []
        assert self.monday(MONDAY + timedelta(days=1)) == []

    def test_one_click_ends_it(self, plan, figures, champion, client):
        (mail,) = [one for one in self.monday() if one.to == [champion.email]]
        address = mail.extra_headers["List-Unsubscribe"].strip("<>")
        path = address.removeprefix("http://127.0.0.1:8000")
        assert "the Monday scoreboard" in client.get(path).content.decode()
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not MailPreference.objects.get(user=champion).scoreboard
        assert self.monday(MONDAY + timedelta(days=7)) == []

    def test_in_the_readers_language(self, plan, figures, champion):
        champion.language = "de"
        champion.save()
        (mail,) = self.monday()
        assert "2. März 2026" in mail.body

    def test_nothing_to_say_no_mail_until_figures_come(self, plan, champion, account, csm, request):
        Task.objects.update(due_on=MONDAY + timedelta(days=60))
        Event.objects.none()
        assert self.monday() == []
        assert ScoreboardMail.objects.get(user=champion).mail is None
        request.getfixturevalue("figures")
        assert [one.to[0] for one in self.monday(MONDAY + timedelta(days=1))] == [champion.email]

    @pytest.mark.parametrize(("day", "hour"), [(MONDAY, 7), (MONDAY, 13), (MONDAY + timedelta(days=3), 8)])
    def test_not_outside_of_the_first_mornings(self, plan, figures, champion, day, hour):
        assert self.monday(day, hour=hour) == []

    def test_who_left_before_it_leaves_gets_none(self, plan, figures, champion):
        with at(MONDAY):
            run_scoreboards()
            Stakeholder.objects.update(removed_at=clock.now())
            assert deliver() == []

    def test_a_batch_takes_a_fixed_number_of_queries(
        self, plan, figures, champion, sponsor, django_assert_num_queries
    ):
        with at(MONDAY), django_assert_num_queries(12):
            run_scoreboards()


def test_the_week_of_another_zone_is_that_of_the_account(account, plan, figures, enter, csm):
    account.time_zone = "Pacific/Auckland"
    account.save()
    # Sunday noon in Europe is Monday morning there.
    with time_machine.travel("2026-03-08T12:00:00Z", tick=False):
        text = enter(csm).get(f"/accounts/{account.pk}/scoreboard/").content.decode()
    assert "Week 10, " in text
