"""The questions of a form: each kind with good and bad answers, how they are stored, and what is shown."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.asking import KINDS, MOST_FIELDS, PLACES, Unfit, in_words, is_same, read_form
from plans.forms.asking import AnswersForm
from plans.models import Task
from plans.services.knowing import Known, Standing
from portal.lib.uploads import Upload
from tests.plans.asked import EVERY_KIND

QUESTIONS = {question.kind: question for question in read_form(EVERY_KIND)}
PICTURE = Upload(b"x", "a.png", ".png", "image/png")
PERSON = {"id": "1", "name": "Jane Doe", "email": "jane@example.com"}
RIGHT_TO_LEFT = "مرحبا بالعالم"


def typed_again(question, value, **more):
    """What a browser sends back of a form that shows the stored value, as it would be stored."""
    form = AnswersForm(
        task=Task(version=1), standing=Standing([Known(question, None, fits=False, here=False)], {})
    )
    name = f"q-{question.key}"
    shown = form.fields[name].prepare_value(question.typed(value))
    widget = form.fields[name].widget
    text = widget.format_value(shown)
    sent = {name: text, "version": "1", "mark": "m", "do": "save"}
    again = AnswersForm(
        sent, task=Task(version=1), standing=Standing([Known(question, None, fits=False, here=False)], {})
    )
    assert again.is_valid(), again.errors
    return question.stored(again.answers[question.key])


def test_every_kind_is_tried():
    assert set(QUESTIONS) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "answer", "value", "words"),
    [
        ("text", "  Quoter ", "Quoter", "Quoter"),
        ("text", RIGHT_TO_LEFT, RIGHT_TO_LEFT, RIGHT_TO_LEFT),
        ("text", "👩‍🚀🎉", "👩‍🚀🎉", "👩‍🚀🎉"),
        ("long_text", "One\r\ntwo", "One\ntwo", "One\ntwo"),
        ("long_text", "x" * 5000, "x" * 5000, "x" * 5000),
        ("choice", "Europe", "Europe", "Europe"),
        ("choices", ["Mail", "CRM"], ["CRM", "Mail"], "CRM, Mail"),
        ("number", Decimal("1250.50"), {"number": "1250.5", "unit": "seats"}, "1,250.5\u00a0seats"),
        ("number", 5000, {"number": "5000", "unit": "seats"}, "5,000\u00a0seats"),
        ("date", date(2026, 3, 3), "2026-03-03", "3 March 2026"),
        ("person", PERSON, PERSON, "Jane Doe"),
    ],
)
def test_a_good_answer(kind, answer, value, words):
    assert QUESTIONS[kind].stored(answer) == value
    assert QUESTIONS[kind].fits(value)
    assert in_words(kind, value) == words


def test_a_file_is_known_by_its_content():
    value = QUESTIONS["file"].stored(PICTURE) | {"file": "abc.png"}
    assert QUESTIONS["file"].fits(value)
    assert in_words("file", value) == "a.png"
    assert is_same(value, QUESTIONS["file"].stored(Upload(b"x", "other.png", ".png", "image/png")))
    assert not is_same(value, QUESTIONS["file"].stored(Upload(b"y", "a.png", ".png", "image/png")))


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_none_in_every_kind(kind):
    assert QUESTIONS[kind].stored(None) is None
    assert in_words(kind, None) == ""


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("text", "x" * 201, "This is too long: 201 characters, and 200 are the most."),
        ("text", "a\x00b", "Write plain text."),
        ("text", 5, "Write plain text."),
        ("long_text", "x" * 10_001, "This is too long: 10001 characters"),
        ("choice", "Asia", "Choose one of the answers"),
        ("choice", ["Europe"], "Choose one of the answers"),
        ("choices", ["CRM", "Fax"], "Choose among the answers"),
        ("choices", "CRM", "Choose among the answers"),
        ("number", "12", "Give a number."),
        ("number", True, "Give a number."),
        ("number", Decimal("NaN"), "Give a number."),
        ("number", Decimal("Infinity"), "Give a number."),
        ("number", Decimal("0.5"), "The least is 1\u00a0seats."),
        ("number", 5001, "The most is 5,000\u00a0seats."),
        ("number", Decimal("1.00001"), "At most 4 decimal places."),
        ("date", "2026-03-03", "Give a day."),
        ("date", date(26, 3, 3), "Give a year from 1900 to 2200."),
        ("file", "a.png", "Choose a file."),
        ("person", "Jane", "Choose a person of the account."),
        ("person", {"id": "1"}, "Choose a person of the account."),
    ],
)
def test_a_bad_answer(kind, answer, words):
    with pytest.raises(Unfit, match=words):
        QUESTIONS[kind].stored(answer)


def test_a_number_without_limits_is_bounded_by_the_database():
    (free,) = read_form([{"key": "n", "label": "N", "kind": "number"}])
    with pytest.raises(Unfit, match="too large"):
        free.stored(Decimal("1E+400"))
    assert free.stored(Decimal("-0.0")) == {"number": "0", "unit": ""}


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**13), max_value=10**13, places=PLACES)
)
@settings(max_examples=50)
def test_a_number_comes_back_as_it_was(number):
    (free,) = read_form([{"key": "n", "label": "N", "kind": "number", "unit": "EUR"}])
    value = free.stored(number)
    assert Decimal(value["number"]) == number
    for language in ("en", "de"):
        with translation.override(language):
            assert in_words("number", value).endswith("\u00a0EUR")
            assert is_same(typed_again(free, value), value)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
@settings(max_examples=50)
def test_a_day_comes_back_as_it_was(day):
    value = QUESTIONS["date"].stored(day)
    for language in ("en", "de"):
        with translation.override(language):
            assert str(day.year) in in_words("date", value)
            assert typed_again(QUESTIONS["date"], value) == value


@given(st.lists(st.sampled_from(["CRM", "ERP", "Mail"]), unique=True, min_size=1))
def test_choices_come_back_in_the_order_of_the_form(chosen):
    value = QUESTIONS["choices"].stored(chosen)
    assert sorted(value) == sorted(chosen)
    assert in_words("choices", value) == ", ".join(value)
    assert typed_again(QUESTIONS["choices"], value) == value


@given(st.text(max_size=60))
@settings(max_examples=50)
def test_any_text_is_stored_or_refused_and_comes_back(text):
    try:
        value = QUESTIONS["long_text"].stored(text)
    except Unfit:
        assert "\x00" in text
        return
    assert QUESTIONS["long_text"].stored(value) == value


def test_a_form_has_a_limit():
    many = [{"key": f"q{number}", "label": "Q", "kind": "text"} for number in range(MOST_FIELDS + 1)]
    assert len(read_form(many[:-1])) == MOST_FIELDS
    with pytest.raises(ValueError, match="at most"):
        read_form(many)


def test_what_a_service_refuses_stands_at_its_question():
    question = QUESTIONS["text"]
    form = AnswersForm(
        {"version": "1", "mark": "m"}, task=Task(version=1),
        standing=Standing([Known(question, None, fits=False, here=False)], {}),
    )  # fmt: skip
    form.is_valid()
    form.put_errors(ValidationError({"product-name": "No.", "gone": "Gone."}))
    assert form.errors["q-product-name"][-1] == "No."
    assert form.non_field_errors() == ["Gone."]
