import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.canonical import canonical_json, digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_values_come_back_as_they_were(value) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(TEXT, st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_are_exact_and_never_scientific(value) -> None:
    text = json.loads(canonical_json(value))
    assert Decimal(text) == value
    assert "E" not in text.upper()


def test_each_kind_has_one_form() -> None:
    class Side(StrEnum):
        VENDOR = "vendor"

    cet = timezone(timedelta(hours=1))
    value = {
        "z": (Decimal("1E+2"), Decimal("0.10")),
        "a": date(2026, 3, 1),
        "é": datetime(2026, 3, 1, 13, tzinfo=cet),
        "b": UUID("12345678123456781234567812345678"),
        "side": Side.VENDOR,
    }
    assert (
        canonical_json(value)
        == (
            '{"a":"2026-03-01","b":"12345678-1234-5678-1234-567812345678","side":"vendor",'
            '"z":["100","0.10"],"é":"2026-03-01T12:00:00Z"}'
        ).encode()
    )


@pytest.mark.parametrize(
    "value", [1.5, {"deep": [0.0]}, {1, 2}, b"bytes", datetime(2026, 1, 1), {1: "x"}, object()]
)
def test_what_two_machines_might_write_differently_is_refused(value) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), "\ud800"])
def test_what_is_not_a_number_or_not_text_is_refused(value) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_json(value)


def test_digest_is_sha256() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
