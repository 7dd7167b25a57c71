from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from plans.intake.facts import (
    AccountFacts,
    ContractFacts,
    DealFacts,
    PersonFacts,
    day_of,
    end_of_term,
    segment_for,
)
from plans.intake.places import country_code, known_zone
from plans.intake.text import clean, cut, mail_address


def deal(**fields) -> DealFacts:
    return DealFacts(**{"source": "manual", "external_id": "1"} | fields)


def test_facts_do_not_change() -> None:
    facts = deal(name="Northwind")
    with pytest.raises(ValidationError, match="frozen"):
        facts.name = "Southwind"
    with pytest.raises(ValidationError, match="Extra inputs"):
        deal(colour="blue")


def test_text_is_one_clean_line_of_bounded_length() -> None:
    facts = deal(name="  North\x00wind\n\tLogistics ", kind="k" * 100)
    assert facts.name == "Northwind Logistics"
    assert facts.kind == "k" * 63 + "…"


def test_an_identifier_is_refused_not_cut() -> None:
    assert deal(external_id="x" * 120).external_id == "x" * 120
    for wrong in ("x" * 121, "", "  "):
        with pytest.raises(ValueError, match="external_id"):
            deal(external_id=wrong)


@pytest.mark.parametrize(
    "amount", [1.5, float("nan"), True, "1,5", "Infinity", "100000000000000", "0.00001", []]
)
def test_money_is_never_a_float_nor_out_of_bounds(amount) -> None:
    with pytest.raises(ValueError, match="an amount m"):
        deal(amount=amount)


@given(st.decimals("-99999999999999", "99999999999999", places=4))
def test_money_is_exact(amount) -> None:
    facts = deal(amount=str(amount))
    assert facts.amount == amount
    assert DealFacts.model_validate_json(facts.model_dump_json()).amount == amount


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Amelie.Dubois@Northwind.Example ", "amelie.dubois@northwind.example"),
        ("mailto:ops@example.com", "ops@example.com"),
        ("ops+crm@sub.example.com", "ops+crm@sub.example.com"),
        ("none", ""),
        ("a@b", ""),
        ("a..b@example.com", ""),
        ("a@example.com, b@example.com", ""),
        ("a@example.com\nBcc: x@example.com", ""),
        ("x" * 65 + "@example.com", ""),
        (None, ""),
    ],
)
def test_an_address_is_normal_or_nothing(written, address) -> None:
    assert PersonFacts(name="A", email=written).email == address == mail_address(written)


def test_an_account_is_brought_to_codes() -> None:
    account = AccountFacts(
        domain="https://www.Northwind.example/about", country="Germany", time_zone="europe/berlin"
    )
    assert (account.domain, account.country, account.time_zone) == (
        "northwind.example",
        "DE",
        "Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States", "US"),
        ("USA", "US"),
        ("UK", "GB"),
        ("Österreich", "AT"),
        ("nl", "NL"),
        ("Oz", ""),
        ("", ""),
    ],
)
def test_countries_are_known_by_name_and_code(name, code) -> None:
    assert country_code(name) == code


def test_time_zones_are_known_or_nothing() -> None:
    assert known_zone("us_slash_eastern") == "US/Eastern"
    assert known_zone("Mars/Olympus") == known_zone("../../etc/passwd") == ""


@pytest.mark.parametrize(
    ("fields", "segment", "because"),
    [
        ({"account": AccountFacts(segment="Enterprise"), "amount": Decimal(1)}, "enterprise", "segment"),
        ({"account": AccountFacts(segment="Mid Market")}, "mid-market", "segment"),
        ({"account": AccountFacts(segment="SMALL_BUSINESS"), "amount": Decimal(10**6)}, "smb", "segment"),
        ({"account": AccountFacts(segment="Tier 3"), "amount": Decimal(100_000)}, "enterprise", "amount"),
        ({"amount": Decimal("99999.99")}, "mid-market", "amount"),
        ({"amount": Decimal(20_000)}, "mid-market", "amount"),
        ({"amount": Decimal("19999.9999")}, "smb", "amount"),
        ({"amount": Decimal(300_000), "contract": ContractFacts(term_months=36)}, "enterprise", "amount"),
        ({"amount": Decimal(299_999), "contract": ContractFacts(term_months=36)}, "mid-market", "amount"),
        ({"amount": Decimal(19_000), "contract": ContractFacts(term_months=6)}, "smb", "amount"),
        ({"amount": Decimal(10**6), "contract": ContractFacts(arr=Decimal(5000))}, "smb", "arr"),
        ({}, "smb", "nothing"),
    ],
)
def test_the_segment_is_named_or_follows_the_money(fields, segment, because) -> None:
    assert segment_for(deal(**fields))[:2] == (segment, because)


def test_the_thresholds_are_parameters() -> None:
    choice = segment_for(deal(amount=Decimal(500)), enterprise_from=Decimal(500), mid_market_from=Decimal(10))
    assert choice == ("enterprise", "amount", Decimal(500))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
        (date(2026, 12, 1), 24, date(2028, 11, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 14)),
    ],
)
def test_a_term_ends_the_day_before_it_would_begin_again(start, months, end) -> None:
    assert end_of_term(start, months) == end


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_terms_follow_each_other_without_a_gap_of_more_than_a_month_end(start, months) -> None:
    end = end_of_term(start, months)
    whole_months = (
        (end + timedelta(days=1)).year * 12 + (end + timedelta(days=1)).month - start.year * 12 - start.month
    )
    assert end > start
    assert whole_months in (months, months + 1) if start.day > 28 else whole_months == months


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-11-20T23:30:00-05:00", date(2026, 11, 21)),
        ("1795183500000", date(2026, 11, 20)),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_read_as_crms_write_it(written, day) -> None:
    assert day_of(written) == day


@given(st.text(max_size=300))
def test_clean_text_can_be_stored(text) -> None:
    stored = cut(clean(text), 200)
    assert len(stored) <= 200
    assert "\x00" not in stored
    assert stored == " ".join(stored.split())
    stored.encode()
