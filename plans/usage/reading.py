"""Files and bodies of figures, row by row. Pure: a file of any size passes through without being held."""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, BinaryIO, NoReturn

from plans.usage.cells import COLUMNS, TICKETS, USAGE, Fault, Row, read_row

MOST_LINES = 500_000
LONGEST_LINE = 20_000
CHUNK = 1024 * 1024
_TEXT_COLUMNS = frozenset({"team", "role", "feature", "week", "month", "period_from", "period_to"})
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class _Unreadable(Exception):
    """The file goes on in a way that cannot be followed."""


def read_csv(file: BinaryIO, *, today: date, one_account: bool = False) -> Iterator[Row | Fault]:
    """Rows and faults of a CSV file, as they come: UTF-8 (with a BOM or without), UTF-16, else Latin-1; cells parted
    by commas, semicolons or tabs. With semicolons a quantity has a decimal comma.

    `one_account`: the whole file is about one account, so that it need not name any. The file must be seekable.
    """
    encoding, code = _encoding_of(file)
    if not encoding:
        yield Fault(0, "", code)
        return
    if encoding == "cp1252":
        yield Fault(0, "", "latin1")
    text = io.TextIOWrapper(
        file, encoding=encoding, errors="latin1" if encoding == "cp1252" else "strict", newline=""
    )
    try:
        yield from _read_lines(text, today, one_account)
    except (UnicodeError, _Unreadable):
        yield Fault(0, "", "unreadable")
    finally:
        text.detach()


def read_json(body: bytes, *, today: date, one_account: bool = False) -> Iterator[Row | Fault]:
    """Rows and faults of a JSON body: a list of objects, or {"rows": [...]}. `line` counts the rows from 1 on."""
    try:
        rows = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        yield Fault(0, "", "no_json")
        return
    if isinstance(rows, dict) and set(rows) == {"rows"}:
        rows = rows["rows"]
    if not isinstance(rows, list):
        yield Fault(0, "", "no_rows")
        return
    for number, row in enumerate(rows, start=1):
        yield from _read_object(number, row, today, one_account)


def is_json(body: bytes) -> bool:
    """Whether a body begins as JSON does; CSV never begins with a bracket."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def _encoding_of(file: BinaryIO) -> tuple[str, str]:
    """The encoding, or "" with the code of what the file is instead."""
    head = file.read(4)
    file.seek(0)
    if not head:
        return "", "empty"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "", "spreadsheet"
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            return encoding, ""
    decoder, encoding = codecs.getincrementaldecoder("utf-8")(), "utf-8"
    try:
        while chunk := file.read(CHUNK):
            if b"\x00" in chunk:
                return "", "no_text"
            if encoding == "utf-8":
                encoding = _still_utf8(decoder, chunk)
        if encoding == "utf-8":
            encoding = _still_utf8(decoder, b"", final=True)
        return encoding, ""
    finally:
        file.seek(0)


def _still_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> str:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _as_true_latin1(error: UnicodeError) -> tuple[str, int]:
    """Five bytes mean nothing in Windows' Latin-1; in the true one they are control characters, which cells refuse."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("latin1", _as_true_latin1)


def _read_lines(text: io.TextIOWrapper, today: date, one_account: bool) -> Iterator[Row | Fault]:
    lines = _lines(text)
    line, head, delimiter = _head(lines)
    if not head:
        yield Fault(0, "", "empty")
        return
    faults = list(_faults_of_head(line, head, one_account))
    yield from faults
    if faults:
        return
    mark = "," if delimiter == ";" else "."
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        begins = line + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Fault(begins, "", "quotation_mark")
            return
        if cells is None:
            return
        if begins - line > MOST_LINES:
            yield Fault(begins, "", "too_many_lines", {"most": str(MOST_LINES)})
            return
        if any(cells):
            yield from _read_cells(begins, head, cells, today, mark, one_account)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise _Unreadable
        yield line


def _head(lines: Iterator[str]) -> tuple[int, list[str], str]:
    """The number of the line that names the columns, the names, and what parts them."""
    number, told = 0, ""
    for line in lines:
        number += 1
        if line.lower().startswith("sep=") and len(line.strip()) == 5:
            told = line[4]
        elif line.strip(' \t\r\n",;'):
            return (number, *_split_head(line, told))
    return number, [], ","


def _split_head(line: str, told: str) -> tuple[list[str], str]:
    """By whatever yields most columns that are known."""
    best: tuple[list[str], str] = ([], ",")
    for delimiter in told or ",;\t":
        names = next(csv.reader([line], delimiter=delimiter), [])
        head = ["_".join(name.strip().lower().replace("-", " ").split()) for name in names]
        if not best[0] or sum(name in COLUMNS for name in head) > sum(name in COLUMNS for name in best[0]):
            best = head, delimiter
    return best


def _faults_of_head(line: int, head: list[str], one_account: bool) -> Iterator[Fault]:
    for number, name in enumerate(head):
        if name and name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, 1)
            code = "unknown_column_near" if near else "unknown_column"
            yield Fault(line, name[:120], code, {"near": near[0]} if near else {})
        elif name and name in head[:number]:
            yield Fault(line, name, "column_twice")
    there = set(head)
    if "account" not in there and not one_account:
        yield Fault(line, "account", "column_missing")
    if not ({"week", "month"} & there or {"period_from", "period_to"} <= there):
        yield Fault(line, "week", "period_missing")
    if not there & {*USAGE, *TICKETS}:
        yield Fault(line, "active_users", "numbers_missing")


def _read_cells(
    line: int, head: list[str], cells: list[str], today: date, mark: str, one_account: bool
) -> Iterator[Row | Fault]:
    # Spreadsheets leave empty cells behind the last column.
    if len(cells) < len(head) or any(cell.strip() for cell in cells[len(head) :]):
        values = {"cells": str(len(cells)), "columns": str(len(head))}
        yield Fault(line, "", "number_of_cells", values)
        return
    named = dict(zip(head, cells, strict=False))
    if named.pop("", "").strip():
        yield Fault(line, "", "cell_without_column")
        return
    if not one_account and not named["account"].strip():
        yield Fault(line, "account", "no_account")
        return
    yield from read_row(line, named, today=today, mark=mark)


def _read_object(number: int, row: Any, today: date, one_account: bool) -> Iterator[Row | Fault]:
    if not isinstance(row, dict):
        yield Fault(number, "", "no_object")
        return
    faults = [Fault(number, name[:120], "unknown_field") for name in row if name not in COLUMNS]
    cells: dict[str, str] = {}
    for name in COLUMNS:
        value = row.get(name)
        text = _as_text(name, value)
        if text is None:
            faults.append(Fault(number, name, "wrong_type"))
        else:
            cells[name] = text
    if not one_account and not faults and not cells["account"].strip():
        faults.append(Fault(number, "account", "no_account"))
    if faults:
        yield from faults
        return
    yield from read_row(number, cells, today=today)


def _as_text(name: str, value: Any) -> str | None:
    """A value as the cell of a CSV file would have it; None where it is of another type than the column."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if name in _TEXT_COLUMNS or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and -30 < value.adjusted() < 30:
        return f"{value:f}"
    return None


def _refuse(constant: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(constant)
