"""The door for feeds: who is believed, what is answered, and that the same again changes nothing."""

import json

import pytest
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from accounts.permissions import actor_at_vendor
from plans.models import UsageFeed, UsageFigure, UsageImport
from plans.usage import feeding
from plans.usage.feeds import add_feed, disable_feed
from tests.plans.usage.figures import current, feed

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(admin) -> str:
    return add_feed(by=actor_at_vendor(admin), name="product")[1]


def body(account, **changes) -> str:
    row = {"account": str(account.pk), "week": "2026-W46", "team": "Sales", "active_users": 3, "seats": 5}
    return json.dumps({"rows": [row | changes]})


def test_the_same_again_changes_nothing_and_a_correction_replaces(token, account):
    answer = feed(token, body(account))
    assert (answer.status_code, answer.json()) == (
        200,
        {"applied": {"new": 1, "replaced": 0, "unchanged": 0}},
    )
    assert feed(token, body(account)).json()["applied"] == {"new": 0, "replaced": 0, "unchanged": 1}
    assert UsageImport.objects.count() == 1
    assert feed(token, body(account, active_users=4)).json()["applied"]["replaced"] == 1
    assert current() == {("Sales", "", 4, 5)}
    one = UsageFeed.objects.get()
    assert one.used_at
    assert {figure.source.feed for figure in UsageFigure.objects.all()} == {one}


def test_csv_is_taken_as_well(token, account):
    answer = feed(token, f"account;month;quantity;feature\n{account.pk};2026-10;12,5;Export\n", "text/csv")
    assert answer.json()["applied"]["new"] == 1
    assert str(UsageFigure.objects.get().quantity) == "12.5000"


def test_a_row_that_is_wrong_keeps_all_out(token, account):
    rows = [json.loads(body(account))["rows"][0], {"account": "nobody", "week": "2026-W46", "seats": "x"}]
    for _again in range(2):
        answer = feed(token, json.dumps([*rows, rows[0]]))
        assert answer.status_code == 422
    assert answer.json() == {
        "errors": [
            {
                "index": 1,
                "column": "seats",
                "message": "This is a count: digits only, without marks for thousands.",
            },
            {"index": 2, "column": "", "message": "Row 0 says the same period and place already."},
        ],
        "errors_total": 2,
    }
    assert current() == set()
    refused = UsageImport.objects.get()
    assert (refused.step, refused.errors_total) == ("failed", 2)
    answer = feed(token, "account,week,seats\nnobody,2026-W46,1\n", "text/csv")
    assert answer.json()["errors"][0]["line"] == 2
    assert feed(token, b"\xff\xfe", "text/csv").status_code == 422
    assert feed(token, b"{").json()["errors"][0]["index"] is None


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b'[{"a\\u0000b": 1}]', {"column": "a\ufffdb", "message": "There is no such field."}),
        (b'[{"\\ud800": 1}]', {"column": "\ufffd", "message": "There is no such field."}),
        (
            "account,week,seats,a\0b\n".encode("utf-16"),
            {"column": "a\ufffdb", "message": "There is no such column."},
        ),
        (
            b'[{"account": "x", "month": "9999-12", "seats": 1}]',
            {"column": "month", "message": "A month is written as 2026-11."},
        ),
    ],
)
def test_signs_that_no_database_keeps_and_days_that_no_calendar_has_are_refused(token, sent, error):
    answer = feed(token, sent)
    assert answer.status_code == 422
    assert error.items() <= answer.json()["errors"][0].items()


def test_odd_rows_are_taken_with_a_warning(token, account):
    answer = feed(token, body(account, active_users=9)).json()
    assert (answer["applied"]["new"], answer["warnings"][0]["column"]) == (1, "active_users")


def test_who_is_believed(token, account, admin, client, monkeypatch):
    for header in ("", "Bearer", "Bearer nothing", f"Basic {token}", f"Bearer {token}x"):
        answer = client.post("/usage/feed/", b"[]", "application/json", headers={"Authorization": header})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="usage"')
    assert feed(token, b"[]").status_code == 200
    disable_feed(by=actor_at_vendor(admin), feed=UsageFeed.objects.get())
    assert feed(token, b"[]").status_code == 401
    statuses = [feed("guess", b"[]").status_code for _ in range(20)]
    assert statuses[-1] == 429
    # Whoever has a key of their own is not shut out by that.
    _other, right = add_feed(by=actor_at_vendor(admin), name="warehouse")
    assert feed(right, b"[]").status_code == 200
    assert token not in str(UsageFeed.objects.values())


def test_too_much_and_too_often(token, account, settings):
    assert feed(token, b"[" + b" " * 1_000_000 + b"]").status_code == 413
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"usage_feed": "1/m/key"}
    answers = [feed(token, b"[]") for _ in range(3)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert answers[-1]["Retry-After"] == "60"


def test_another_import_is_at_it(token, account, monkeypatch):
    def locked(**_options):
        raise OperationalError("canceling statement due to lock timeout") from LockNotAvailable()

    monkeypatch.setattr(feeding, "take_turn", locked)
    answer = feed(token, body(account))
    assert (answer.status_code, answer["Retry-After"], current()) == (409, "10", set())


@pytest.mark.django_db(transaction=True)
def test_the_turn_is_waited_for_but_not_for_ever(token, account, monkeypatch):
    """With real connections: another transaction has the turn."""
    from threading import Event, Thread

    from django.db import connections, transaction

    from plans.usage.staging import take_turn

    monkeypatch.setattr(feeding, "PATIENCE", 1)
    has, may_go = Event(), Event()

    def other():
        with transaction.atomic():
            take_turn()
            has.set()
            may_go.wait(10)
        connections.close_all()

    thread = Thread(target=other)
    thread.start()
    assert has.wait(10)
    assert feed(token, body(account)).status_code == 409
    may_go.set()
    thread.join()
    assert feed(token, body(account)).status_code == 200
