"""Files: checked without a change, taken over whole or not at all, and never twice."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Event
from accounts.permissions import actor_at_vendor
from plans.jobs import sweep_usage
from plans.models import UsageFigure, UsageImport
from plans.usage import importing
from plans.usage.importing import apply_import, cancel_import, due_import_ids, receive_file, work_on_import
from portal.lib import clock
from portal.lib.files import path_of
from tests.factories import AccountFactory, UserFactory, actor
from tests.plans.test_concurrency import at_once
from tests.plans.usage.figures import brought, counts, current, lines, taken_over

pytestmark = pytest.mark.django_db


def week(account, team="", feature="", active=1, seats=2, number=46) -> str:
    return f"{account.pk},2026-W{number},{team},{feature},{active},{seats},,,,"


def test_a_file_is_checked_then_taken_over(csm, account, queued):
    account.domain = "acme.example"
    account.save()
    rows = [
        "ACME.example,2026-W46,Sales,,3,5,,,,",
        week(account, feature="Reports"),
        f"{account.pk},2026-W46,,,,,,9,8,1",
    ]
    one = brought(csm, lines(*rows))
    assert queued.named("plans.import_usage") == [(str(one.pk),)]
    assert (one.step, counts(one), one.errors, one.found["accounts"]) == ("checked", (3, 0, 0), [], 1)
    assert current() == set()
    apply_import(by=actor_at_vendor(csm), usage_import=one)
    work_on_import(one.pk)
    assert current() == {("Sales", "", 3, 5), ("", "Reports", 1, 2), (9, 8, 1)}
    one.refresh_from_db()
    assert (one.step, one.applied_by, counts(one)) == ("applied", csm, (3, 0, 0))
    event = Event.objects.get(verb="usage.imported")
    assert (event.account, event.actor, event.new["figures"]) == (account, csm, 3)


def test_the_same_again_is_unchanged_and_a_correction_replaces(csm, account):
    first = taken_over(csm, lines(week(account, "Sales"), week(account, "Legal")))
    again = taken_over(csm, lines(week(account, "Sales"), week(account, "Legal")))
    assert counts(again) == (0, 0, 2)
    later = taken_over(csm, lines(week(account, "Sales", active=0), week(account, "Legal")))
    assert counts(later) == (0, 1, 1)
    assert current() == {("Sales", "", 0, 2), ("Legal", "", 1, 2)}
    old = UsageFigure.objects.get(replaced_at__isnull=False)
    assert (old.active_users, old.source, old.replaced_by) == (1, first, later)
    assert Event.objects.filter(verb="usage.imported").count() == 2


def test_errors_name_line_and_column_and_nothing_is_taken_over(csm, account, other_account):
    account.domain = other_account.domain = "both.example"
    account.save()
    other_account.save()
    rows = [
        week(account, "Sales"), "nobody,2026-W46,,,1,2,,,,", "both.example,2026-W46,,,1,2,,,,",
        week(account, "Sales", active=7, seats=5), f"{account.pk},2026-W46,,,x,2,,,,",
    ]  # fmt: skip
    one = brought(csm, lines(*rows))
    assert [(kept["line"], kept["column"], kept["code"]) for kept in one.errors] == [
        (3, "account", "unknown_account"),
        (4, "account", "many_accounts"),
        (5, "", "same_place"),
        (6, "active_users", "count"),
    ]
    assert one.errors[2]["values"] == {"first": "2"}
    assert (one.errors_total, one.found["warnings_total"], one.step) == (4, 1, "checked")
    with pytest.raises(ValidationError, match="has no errors"):
        apply_import(by=actor_at_vendor(csm), usage_import=one)
    assert current() == set()


def test_an_id_of_a_crm_is_meant_to_the_letter(csm, account):
    """Those of Salesforce differ in nothing but small and capital letters."""
    account.external_id = "0015g00000AbCdE"
    account.save()
    head = "account,week,seats\n"
    assert counts(brought(csm, f"{head}0015g00000AbCdE,2026-W46,1\n".encode())) == (1, 0, 0)
    one = brought(csm, f"{head}0015g00000aBcDe,2026-W46,1\n".encode())
    assert [kept["code"] for kept in one.errors] == ["unknown_account"]


def test_only_the_first_errors_are_kept(csm, account):
    one = brought(csm, lines(*["nobody,2026-W46,,,1,2,,,,"] * 300))
    assert (len(one.errors), one.errors_total) == (200, 300)


def test_a_file_about_one_account_names_no_other(csm, account, other_account):
    content = b"week,seats\n2026-W46,3\n"
    assert counts(taken_over(csm, content, account)) == (1, 0, 0)
    one = brought(csm, lines(week(other_account)), account)
    assert [kept["code"] for kept in one.errors] == ["other_account"]


def test_what_has_changed_since_the_check_fails_whole(csm, account):
    one = brought(csm, lines(week(account), f"{account.external_id or account.domain},2026-W45,,,1,2,,,,"))
    account.domain = "elsewhere.example"
    account.save()
    apply_import(by=actor_at_vendor(csm), usage_import=one)
    work_on_import(one.pk)
    one.refresh_from_db()
    assert (one.step, one.errors_total, current()) == ("failed", 1, set())


def test_called_off_while_a_worker_is_at_it(csm, account, monkeypatch):
    one = brought(csm, lines(week(account)))
    apply_import(by=actor_at_vendor(csm), usage_import=one)
    monkeypatch.setattr(
        importing, "take_turn", lambda: cancel_import(by=actor_at_vendor(csm), usage_import=one)
    )
    work_on_import(one.pk)
    one.refresh_from_db()
    assert current() == set()
    assert UsageFigure.objects.count() == 0
    assert Event.objects.filter(verb="usage.imported").count() == 0


def test_a_killed_worker_loses_nothing(csm, account, monkeypatch):
    """It had the file and died: the sweep finds the file once the lease is over, and the third death is told."""
    one = receive_file(by=actor_at_vendor(csm), chunks=[lines(week(account))], file_name="a.csv")

    def die(_one):
        raise SystemExit

    monkeypatch.setattr(importing, "_check", die)
    for attempt in range(1, 4):
        with pytest.raises(SystemExit):
            work_on_import(one.pk)
        assert due_import_ids() == []
        UsageImport.objects.update(due_at=clock.now() - timedelta(seconds=1))
        assert due_import_ids() == [str(one.pk)]
        one.refresh_from_db()
        assert (one.step, one.attempts) == ("received", attempt)
    work_on_import(one.pk)
    one.refresh_from_db()
    assert (one.step, one.reason) == ("failed", "The work on this file was cut off several times.")


def test_a_fault_of_ours_is_tried_again(csm, account, monkeypatch, queued):
    one = receive_file(by=actor_at_vendor(csm), chunks=[lines(week(account))], file_name="a.csv")
    with monkeypatch.context() as broken:
        broken.setattr(importing, "compare", lambda found: 1 / 0)
        work_on_import(one.pk)
    one.refresh_from_db()
    assert (one.step, one.reason) == ("received", "ZeroDivisionError: division by zero")
    assert len(queued.named("plans.import_usage")) == 2
    UsageImport.objects.update(due_at=clock.now())
    work_on_import(one.pk)
    one.refresh_from_db()
    assert (one.step, one.reason) == ("checked", "")


def test_only_managers_bring_in_figures(executive, champion, csm, account):
    one = brought(csm, lines(week(account)))
    for person in (executive, champion):
        for act in (apply_import, cancel_import):
            with pytest.raises(PermissionDenied):
                act(by=actor(person, account), usage_import=one)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_period_at_once(csm, account):
    """Both say something else of the same places: one is whole, then the other replaces it whole."""
    ready = []
    for active in (3, 4):
        one = brought(csm, lines(*(week(account, f"Team {n}", active=active) for n in range(40))))
        apply_import(by=actor_at_vendor(csm), usage_import=one)
        ready.append(one)
    assert at_once(*(lambda one=one: work_on_import(one.pk) for one in ready)) == [None, None]
    found = sorted(counts(UsageImport.objects.get(pk=one.pk)) for one in ready)
    assert found == [(0, 40, 0), (40, 0, 0)]
    assert len({active for _team, _feature, active, _seats in current()}) == 1
    assert UsageFigure.objects.current().count() == 40


@pytest.mark.django_db(transaction=True)
def test_one_file_is_with_one_worker(csm, account):
    """The second finds it taken, even where the lease of the first is over."""
    one = receive_file(by=actor_at_vendor(csm), chunks=[lines(week(account))], file_name="a.csv")
    with transaction.atomic():
        assert importing._alone(one.pk)

        def second():
            work_on_import(one.pk)

        assert at_once(second) == [None]
    one.refresh_from_db()
    assert (one.step, one.attempts) == ("received", 0)


places = st.tuples(
    st.sampled_from(["", "Sales"]), st.sampled_from(["", "Reports"]), st.sampled_from([44, 45])
)
figures = st.dictionaries(places, st.integers(0, 3), max_size=4)


@pytest.mark.parametrize(
    ("end", "step"),
    [("applied", "applied"), ("called off", "cancelled"), ("left", "cancelled"), ("wrong", "cancelled")],
)
def test_a_file_goes_thirty_days_after_its_end_and_the_import_stays(csm, account, monkeypatch, end, step):
    bring = taken_over if end == "applied" else brought
    one = bring(csm, lines(week(account, active="x" if end == "wrong" else 1)))
    if end == "called off":
        cancel_import(by=actor_at_vendor(csm), usage_import=one)
    facts = ("received_by_id", "received_at", "found", "errors_total", "size", "content_sha256", "applied_at")
    file, seen, now = path_of(one.file), [getattr(one, name) for name in facts], clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=29))
    sweep_usage()
    assert file.is_file()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    for _again in range(2):
        sweep_usage()
        one.refresh_from_db()
        assert (file.exists(), one.file, one.step) == (False, "", step)
        assert [getattr(one, name) for name in facts] == seen


class TestAnyOrder(TestCase):
    @settings(max_examples=6)
    @given(st.lists(figures, min_size=1, max_size=3))
    def test_what_was_said_last_holds(self, files):
        """Whatever was imported before, each place says what the last file about it said; nothing is lost."""
        account, csm = AccountFactory(), UserFactory(vendor_role="csm")
        holds = {}
        for file in files:
            rows = [
                week(account, team, feature, active, 9, number)
                for (team, feature, number), active in file.items()
            ]
            one = taken_over(csm, lines(*rows))
            same = sum(holds.get(place) == active for place, active in file.items())
            new = sum(place not in holds for place in file)
            assert counts(one) == (new, len(file) - new - same, same)
            holds |= file
        told = UsageFigure.objects.current().values_list("team", "feature", "period_to", "active_users")
        assert {
            (team, feature, day.isocalendar().week): active for team, feature, day, active in told
        } == holds
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM plans_usagefigure WHERE replaced_at IS NULL")
            assert cursor.fetchone()[0] == len(holds)
