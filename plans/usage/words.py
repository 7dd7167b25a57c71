"""What is wrong with a file or a body, in words of the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.usage.cells import Fault

WORDS = {
    "empty": gettext_lazy("There is nothing in it."),
    "spreadsheet": gettext_lazy("This is a spreadsheet. Save it as CSV (UTF-8), then send that."),
    "no_text": gettext_lazy("This is no text. Send a CSV file."),
    "unreadable": gettext_lazy("The text cannot be read to its end. Save the file as CSV (UTF-8)."),
    "latin1": gettext_lazy("This is not UTF-8, so it was read as Latin-1. Look at the names with accents."),
    "quotation_mark": gettext_lazy("A quotation mark is open or in the wrong place. What follows was not read."),
    "too_many_lines": gettext_lazy("The file has more than %(most)s lines. What follows was not read."),
    "unknown_column": gettext_lazy("There is no such column."),
    "unknown_column_near": gettext_lazy("There is no such column. Is %(near)s meant?"),
    "column_twice": gettext_lazy("This column is there twice."),
    "column_missing": gettext_lazy("This column is missing."),
    "period_missing": gettext_lazy("A period is missing: week, month, or period_from and period_to."),
    "numbers_missing": gettext_lazy("No column has numbers: active_users, seats, quantity, or the three of tickets."),
    "number_of_cells": gettext_lazy("The line has %(cells)s cells, and the head %(columns)s columns."),
    "cell_without_column": gettext_lazy("A cell stands under no name of a column."),
    "no_json": gettext_lazy("This is no JSON."),
    "no_rows": gettext_lazy("The body is neither a list of rows nor an object with rows."),
    "no_object": gettext_lazy("A row is an object with the names of the columns."),
    "unknown_field": gettext_lazy("There is no such field."),
    "wrong_type": gettext_lazy("This value is of the wrong type: text is a string, a number is a number."),
    "no_account": gettext_lazy("The account is missing."),
    "unknown_account": gettext_lazy("There is no account with this id, CRM id or domain."),
    "many_accounts": gettext_lazy("Several accounts have this CRM id or domain. Name the account by its id."),
    "other_account": gettext_lazy("This is another account than the one that the file is for."),
    "too_long": gettext_lazy("This is longer than 120 characters."),
    "control_character": gettext_lazy("There is a control character in it."),
    "no_period": gettext_lazy("The period is missing."),
    "periods": gettext_lazy("Say the period in one way: week, month, or period_from and period_to."),
    "week": gettext_lazy("A week is written as 2026-W46."),
    "month": gettext_lazy("A month is written as 2026-11."),
    "day": gettext_lazy("A day is written as 2026-11-02."),
    "ends_before_it_begins": gettext_lazy("The period ends before it begins."),
    "period_too_long": gettext_lazy("The period is longer than a year."),
    "long_ago": gettext_lazy("The period is before the year 2000."),
    "future": gettext_lazy("The period has not begun yet."),
    "no_number": gettext_lazy("The row has no number."),
    "count": gettext_lazy("This is a count: digits only, without marks for thousands."),
    "count_too_large": gettext_lazy("This number is too large."),
    "quantity": gettext_lazy(
        "This is a number with up to four decimals after “%(mark)s”, and without marks for thousands."
    ),
    "all_tickets": gettext_lazy("Say all three: opened, closed and late. 0 is a number, too."),
    "tickets_of_account": gettext_lazy("Tickets are those of the whole account: leave team, role and feature empty."),
    "same_place": gettext_lazy("Row %(first)s says the same period and place already."),
    "same_tickets": gettext_lazy("Row %(first)s says the tickets of this period already."),
    "more_active_than_seats": gettext_lazy("There are more active users than seats."),
}  # fmt: skip


def as_kept(fault: Fault) -> dict[str, Any]:
    """As a row of `UsageImport.errors`; its words are found when it is shown. A column may be called anything: signs
    that the database cannot keep are left out."""
    column = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in fault.column)
    return {"line": fault.line, "column": column, "code": fault.code, "values": fault.values}


def message_of(kept: Mapping[str, Any]) -> str:
    words = WORDS.get(str(kept.get("code")))
    return str(words) % kept.get("values", {}) if words else _("This cannot be taken.")
