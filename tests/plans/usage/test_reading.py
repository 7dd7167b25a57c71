"""Files of figures: any dialect gives the same rows, and what is wrong is named by line and column."""

import csv
import io
import json
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.usage.cells import COLUMNS, Fault, Row, neutral
from plans.usage.cells import plain as taken
from plans.usage.reading import is_json, read_csv, read_json

TODAY = date(2026, 11, 22)
HEAD = "account,week,team,active_users,seats"


def rows_of(text: str | bytes, **options) -> list[Row | Fault]:
    content = text.encode() if isinstance(text, str) else text
    return list(read_csv(io.BytesIO(content), today=TODAY, **options))


def faults_of(text: str | bytes, **options) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.code) for one in rows_of(text, **options) if isinstance(one, Fault)]


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20).map(
    lambda text: " ".join(text.split())
).filter(lambda text: text[:1] != "'")  # fmt: skip
counts = st.integers(0, 2_147_483_647)


@st.composite
def rows(draw) -> Row:
    first = draw(st.dates(date(2000, 1, 1), TODAY))
    tickets = draw(st.none() | st.tuples(counts, counts, counts))
    usage = (
        draw(st.none() | counts),
        draw(st.none() | counts),
        draw(st.none() | st.decimals(0, 99_999_999_999_999, places=4)),
    )
    if usage == (None, None, None):
        usage, tickets = None, tickets or (0, 0, 0)
    place = ("", "", "") if tickets else (draw(names), draw(names), draw(names))
    last = first + timedelta(days=draw(st.integers(0, 365)))
    return Row(0, draw(names.filter(bool)), first, last, place, usage, tickets)


def as_cells(row: Row, mark: str = ".") -> dict[str, str]:
    active, seats, quantity = row.usage or (None, None, None)
    opened, closed, late = row.tickets or (None, None, None)
    team, role, feature = row.place
    said = {
        "account": row.account, "period_from": row.period_from, "period_to": row.period_to,
        "team": team, "role": role, "feature": feature, "active_users": active, "seats": seats,
        "quantity": None if quantity is None else f"{quantity:f}".replace(".", mark),
        "tickets_opened": opened, "tickets_closed": closed, "tickets_late": late,
    }  # fmt: skip
    return {name: "" if value is None else neutral(str(value)) for name, value in said.items()}


def as_csv(written: list[Row], delimiter: str, encoding: str, end: str) -> bytes:
    file = io.StringIO(newline="")
    names = [name for name in COLUMNS if name not in ("week", "month")]
    writer = csv.DictWriter(file, names, delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    for row in written:
        writer.writerow(as_cells(row, "," if delimiter == ";" else "."))
    return file.getvalue().encode(encoding)


def said(row: Row) -> tuple:
    return (row.account, row.period_from, row.period_to, row.place, row.usage, row.tickets)


@given(
    st.lists(rows(), max_size=4),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_every_dialect_says_the_same(written, delimiter, encoding, end):
    read = rows_of(as_csv(written, delimiter, encoding, end))
    assert [said(row) for row in read if isinstance(row, Row)] == [said(plain(row)) for row in written]
    assert all(one.is_warning for one in read if isinstance(one, Fault))


def plain(row: Row) -> Row:
    """As it comes back: names in their composed form."""
    import dataclasses
    import unicodedata

    def text(name: str) -> str:
        return unicodedata.normalize("NFC", name)

    return dataclasses.replace(row, account=text(row.account), place=tuple(map(text, row.place)))


@given(st.lists(rows(), max_size=4))
def test_json_says_the_same(written):
    body = json.dumps({"rows": [as_cells(row) for row in written]}).encode()
    read = [one for one in read_json(body, today=TODAY) if isinstance(one, Row)]
    assert is_json(body)
    assert [said(row) for row in read] == [said(plain(row)) for row in written]
    assert [row.line for row in read] == list(range(1, len(written) + 1))


def test_latin1_is_read_with_a_warning():
    first, row = rows_of(f"{HEAD}\nacme,2026-W46,Büro – Köln,3,5\n".encode("cp1252"))
    assert (first.code, first.is_warning) == ("latin1", True)
    assert row.place[0] == "Büro – Köln"
    assert (row.period_from, row.period_to) == (date(2026, 11, 9), date(2026, 11, 15))


def test_a_spreadsheet_that_speaks_german():
    text = 'sep=;\r\nAccount;Month;Feature;Quantity;;\r\nacme;2026-10;"Export\nBatch";1234,5;;\r\n'
    (row,) = rows_of(text)
    assert (row.line, row.place[2], row.usage[2]) == (3, "Export Batch", Decimal("1234.5"))
    assert (row.period_from, row.period_to) == (date(2026, 10, 1), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("acme,2026-W54,,1,2", "week", "week"),
        ("acme,46,,1,2", "week", "week"),
        ("acme,,,1,2", "period_from", "no_period"),
        ("acme,2026-W60,,1,2", "week", "week"),
        ("acme,2027-W10,,1,2", "week", "future"),
        ("acme,1999-W10,,1,2", "week", "long_ago"),
        ("acme,2026-W46,,-1,2", "active_users", "count"),
        ("acme,2026-W46,,1.000,2", "active_users", "count"),
        ("acme,2026-W46,,1e3,2", "active_users", "count"),
        ("acme,2026-W46,,٣,2", "active_users", "count"),
        ("acme,2026-W46,,1,2147483648", "seats", "count_too_large"),
        ("acme,2026-W46,Sales,,", "", "no_number"),
        (f"acme,2026-W46,{'x' * 121},1,2", "team", "too_long"),
        ("acme,2026-W46,a\x07b,1,2", "team", "control_character"),
        (",2026-W46,,1,2", "account", "no_account"),
        ("acme,2026-W46,1,2", "", "number_of_cells"),
        ("acme,2026-W46,,1,2,3", "", "number_of_cells"),
        ('acme,2026-W46,"a"b,1,2', "", "quotation_mark"),
        ('acme,2026-W46,"ab,1,2', "", "quotation_mark"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_line_and_column(line, column, code):
    assert faults_of(f"{HEAD}\nacme,2026-W45,,1,2\n{line}\n")[-1] == (3, column, code)


def test_more_active_users_than_seats_is_only_odd():
    warning, row = rows_of(f"{HEAD}\nacme,2026-W46,,7,5\n")
    assert (warning.code, warning.is_warning, row.usage[0]) == ("more_active_than_seats", True, 7)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", (0, "", "empty")),
        ("\n\n", (0, "", "empty")),
        (b"PK\x03\x04rest", (0, "", "spreadsheet")),
        (b"a\x00b", (0, "", "no_text")),
        (b"\xff\xfea\x00\xd8", (0, "", "unreadable")),
        ("account,week,activeusers\n", (1, "activeusers", "unknown_column_near")),
        ("account,week,seats,colour\n", (1, "colour", "unknown_column")),
        ("account,week,seats,seats\n", (1, "seats", "column_twice")),
        ("week,seats\n", (1, "account", "column_missing")),
        ("account,seats\n", (1, "week", "period_missing")),
        ("account,week\n", (1, "active_users", "numbers_missing")),
        (HEAD + "\n" + "x" * 30_000, (0, "", "unreadable")),
    ],
)
def test_what_is_wrong_with_the_whole(text, fault):
    assert fault in faults_of(text)


def test_tickets_are_whole_and_of_the_account():
    head = "account;week;team;tickets_opened;tickets_closed;tickets_late\n"
    assert faults_of(f"{head}acme;2026-W46;;1;;0\nacme;2026-W46;Sales;1;1;0\n") == [
        (2, "tickets_closed", "all_tickets"),
        (3, "team", "tickets_of_account"),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "no_json"),
        (b"[NaN]", "no_json"),
        (b"[" * 100_000, "no_json"),
        (b"3", "no_rows"),
        (b"[3]", "no_object"),
        (b'[{"account": "a", "week": "2026-W46", "users": 3}]', "unknown_field"),
        (b'[{"account": "a", "week": 202646, "seats": 3}]', "wrong_type"),
        (b'[{"account": "a", "week": "2026-W46", "seats": true}]', "wrong_type"),
        (b'[{"account": "a", "week": "2026-W46", "quantity": 1e999999}]', "wrong_type"),
        (b'[{"account": "a", "week": "2026-W46", "seats": 3.0}]', "count"),
        (b'[{"account": "a", "week": "2026-W46", "team": "\\ud800", "seats": 3}]', "control_character"),
        (b'[{"week": "2026-W46", "seats": 3}]', "no_account"),
    ],
)
def test_bad_json(body, code):
    assert [one.code for one in read_json(body, today=TODAY)] == [code]


def test_half_a_million_lines_are_the_most(monkeypatch):
    monkeypatch.setattr("plans.usage.reading.MOST_LINES", 2)
    lines = "".join(f"acme,2026-W{week},,1,2\n" for week in (44, 45, 46))
    assert faults_of(f"{HEAD}\n{lines}") == [(4, "", "too_many_lines")]


NAMES = st.text(st.sampled_from("=+-@＝＋－＠'\";|, \t\n\r\x0b\xa0\u200b\ufeff\u202eaä5"), max_size=12)


@settings(max_examples=300)
@given(st.lists(NAMES, min_size=2, max_size=4), st.sampled_from(",;|\t"))
def test_no_cell_of_an_export_begins_a_formula_however_it_is_parted(names, delimiter):
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow(["account", *map(neutral, names)])
    for row in csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=delimiter):
        for cell in row:
            bare = unicodedata.normalize("NFKC", cell).lstrip(' \t\n\r\x0b\xa0\u200b\ufeff\u202e"')
            assert bare[:1] not in ("=", "+", "-", "@")


@settings(max_examples=300)
@given(NAMES)
def test_what_an_export_neutralised_comes_back_the_same(name):
    # No name has line breaks or tabs: they are blanks, or refused.
    name = " ".join(name.replace("\x0b", " ").split())
    assert taken("team", neutral(name)) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("text", ["-5", "Sales - North", "a;b", "=", "", "x=1", "Tom's", "5+5"])
def test_only_what_begins_a_formula_is_changed(text):
    assert neutral(text) == (f"'{text}" if text[:1] in ("=", "-") else text)
