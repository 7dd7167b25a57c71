"""The questions of a form: what each kind of answer must be, how it is stored, and how it is shown. Pure.

An answer is stored as JSON that can be read without its form, which may be gone when somebody looks again:

| kind | value |
|---|---|
| text, long_text, choice | the text; a choice is the words of its option |
| choices | a list of the options chosen, in the order of the form |
| number | {"number": "12.5", "unit": "hours"}, the number written out and without zeros at its end |
| date | "2026-03-03" |
| file | {"file": our name, "name": the sender's, "content_type", "size", "sha256"} |
| person | {"id", "name", "email"} |

None is "not answered any more".
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, TypeAdapter

from portal.lib.days import long_day
from portal.lib.figures import figure, with_unit
from portal.lib.uploads import Upload

TEXT_MAX = 200
LONG_TEXT_MAX = 10_000
MOST_FIELDS = 40
MOST_OPTIONS = 30
DIGITS, PLACES = 18, 4
FIRST_YEAR, LAST_YEAR = 1900, 2200

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Help = Annotated[str, StringConstraints(max_length=500)]
Unit = Annotated[str, StringConstraints(max_length=40)]
Option = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Options = Annotated[tuple[Option, ...], Field(min_length=2, max_length=MOST_OPTIONS)]
Limit = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=DIGITS, decimal_places=PLACES)]


class Unfit(Exception):
    """An answer that the question does not take; the message is for the person who gave it."""


class Question(BaseModel):
    """What all kinds share. `key` is the fact's on the account: the same key in another form is the same question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    label: Label
    help: Help = ""
    required: StrictBool = True
    kind: str

    def stored(self, answer: Any) -> Any:
        """The JSON value of an answer as Python has it; None for no answer. Raises Unfit."""
        raise NotImplementedError

    def fits(self, value: Any) -> bool:
        """Whether a stored value can stand in this form as it is."""
        return isinstance(value, str)

    def typed(self, value: Any) -> Any:
        """The stored value as a form shows it in its field."""
        return value


class Text(Question):
    kind: Literal["text"]

    def stored(self, answer: Any) -> str | None:
        return _text(answer, TEXT_MAX)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and len(value) <= TEXT_MAX and "\n" not in value


class LongText(Question):
    kind: Literal["long_text"]

    def stored(self, answer: Any) -> str | None:
        return _text(answer, LONG_TEXT_MAX)


class Choice(Question):
    kind: Literal["choice"]
    options: Options

    def stored(self, answer: Any) -> str | None:
        return self._option(answer) if answer else None

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.options

    def _option(self, answer: Any) -> str:
        if not isinstance(answer, str) or answer not in self.options:
            raise Unfit(_("Choose one of the answers that are offered."))
        return answer


class Choices(Question):
    kind: Literal["choices"]
    options: Options

    def stored(self, answer: Any) -> list[str] | None:
        if not answer:
            return None
        if not isinstance(answer, list | tuple) or any(one not in self.options for one in answer):
            raise Unfit(_("Choose among the answers that are offered."))
        return [option for option in self.options if option in answer]

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and all(one in self.options for one in value)


class Number(Question):
    kind: Literal["number"]
    unit: Unit = ""
    min: Limit | None = None
    max: Limit | None = None

    def stored(self, answer: Any) -> dict[str, str] | None:
        if answer is None or answer == "":
            return None
        if isinstance(answer, bool) or not isinstance(answer, Decimal | int):
            raise Unfit(_("Give a number."))
        number = Decimal(answer)
        self._judge(number)
        plain = number.normalize()
        return {"number": f"{plain if plain else Decimal(0):f}", "unit": self.unit}

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and value.get("unit") == self.unit and "number" in value

    def typed(self, value: Any) -> Any:
        return value["number"]

    def _judge(self, number: Decimal) -> None:
        if not number.is_finite():
            raise Unfit(_("Give a number."))
        if self.min is not None and number < self.min:
            raise Unfit(_("The least is %(number)s.") % {"number": self._shown(self.min)})
        if self.max is not None and number > self.max:
            raise Unfit(_("The most is %(number)s.") % {"number": self._shown(self.max)})
        exact = round(number, PLACES) if abs(number) < Decimal(10) ** (DIGITS - PLACES) else None
        if exact is None:
            raise Unfit(_("This number is too large."))
        if exact != number:
            raise Unfit(_("At most %(places)d decimal places.") % {"places": PLACES})

    def _shown(self, number: Decimal) -> str:
        return with_unit(figure(number), self.unit)


class Date(Question):
    kind: Literal["date"]

    def stored(self, answer: Any) -> str | None:
        if not answer:
            return None
        if type(answer) is not date:
            raise Unfit(_("Give a day."))
        # A browser takes the year 26 for one of the first century.
        if not FIRST_YEAR <= answer.year <= LAST_YEAR:
            raise Unfit(
                _("Give a year from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return answer.isoformat()


class File(Question):
    kind: Literal["file"]

    def stored(self, answer: Any) -> dict[str, Any] | None:
        """Without our name under `file`: who keeps the file puts it there."""
        if answer is None:
            return None
        if not isinstance(answer, Upload):
            raise Unfit(_("Choose a file."))
        return {
            "name": answer.name,
            "content_type": answer.content_type,
            "size": len(answer.content),
            "sha256": answer.sha256,
        }

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and bool(value.get("file"))

    def typed(self, value: Any) -> Any:
        """A browser is never told which file to send."""
        return None


class Person(Question):
    """Somebody on the account. Whether they are is asked of the database, by who fills in the form."""

    kind: Literal["person"]

    def stored(self, answer: Any) -> dict[str, str] | None:
        if not answer:
            return None
        if not isinstance(answer, dict) or set(answer) != {"id", "name", "email"}:
            raise Unfit(_("Choose a person of the account."))
        return dict(answer)

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and "id" in value

    def typed(self, value: Any) -> Any:
        return value["id"]


Asked = Annotated[
    Text | LongText | Choice | Choices | Number | Date | File | Person, Field(discriminator="kind")
]
Form = Annotated[tuple[Asked, ...], Field(max_length=MOST_FIELDS)]
KINDS = ("text", "long_text", "choice", "choices", "number", "date", "file", "person")

_form: TypeAdapter[tuple[Question, ...]] = TypeAdapter(Form)


def read_form(form: Sequence[Any]) -> tuple[Question, ...]:
    """The questions of `Task.form`."""
    return _form.validate_python(form) if form else ()


def is_same(first: Any, second: Any) -> bool:
    """Whether two stored values give the same answer: a file by its content, a person by who it is."""
    if isinstance(first, dict) and isinstance(second, dict):
        for name in ("sha256", "id"):
            if name in first and name in second:
                return bool(first[name] == second[name])
    return bool(first == second)


def in_words(kind: str, value: Any) -> str:
    """A stored value as people read it, in the active language; "" for no answer."""
    if value is None:
        return ""
    if kind == "choices" and isinstance(value, list):
        return ", ".join(map(str, value))
    if kind == "number" and isinstance(value, dict):
        return with_unit(figure(Decimal(value["number"])), value.get("unit", ""))
    if kind == "date" and isinstance(value, str):
        return long_day(date.fromisoformat(value))
    if kind == "file" and isinstance(value, dict):
        return str(value["name"])
    if kind == "person" and isinstance(value, dict):
        return str(value["name"] or value["email"])
    return str(value)


def _text(answer: Any, most: int) -> str | None:
    if answer is None or answer == "":
        return None
    if not isinstance(answer, str) or "\x00" in answer:
        raise Unfit(_("Write plain text."))
    text = answer.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > most:
        raise Unfit(
            _("This is too long: %(length)d characters, and %(most)d are the most.")
            % {"length": len(text), "most": most}
        )
    return text or None
