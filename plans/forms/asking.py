"""The questions of a task as a Django form. What an answer must be is judged by `plans.asking`, in one place."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from plans.asking import Question, Unfit
from plans.forms.base import INCOMPLETE, DayField, VersionForm
from plans.models import Task
from plans.services.knowing import Known, Standing
from portal.lib.uploads import Upload, judge_upload

FEW = 6
"""As many options are seen at once; of more, one is chosen from a list."""


class AnswersForm(VersionForm):
    """`sending`: every required question must be answered; without, what is there is saved.

    `do` is the button: "send", "save", or "confirm", which saves and says that what is known still holds.
    """

    mark = forms.CharField(max_length=64, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE})

    def __init__(self, data: Any = None, files: Any = None, *, task: Task, standing: Standing) -> None:
        super().__init__(data, files, auto_id=f"answer-{task.pk}-%s")
        self.now = (task.version, standing.mark)
        self.known = {name_of(one.question): one for one in standing.known}
        self.people = standing.people
        self.do = data.get("do", "send") if data is not None else ""
        for name, one in self.known.items():
            self.fields[name] = _field(one, standing)
            if one.question.kind in ("text", "long_text"):
                self.fields[name].widget.attrs["data-draft"] = f"answer-{task.pk}-{one.question.key}"
            if one.fits and one.fact:
                self.initial[name] = one.question.typed(one.fact.value)

    @property
    def sending(self) -> bool:
        return self.do not in ("save", "confirm")

    @property
    def answers(self) -> dict[str, Any]:
        """By key, for `fill_form`; what is wrong is left out."""
        return {
            one.question.key: self._answer(name, one)
            for name, one in self.known.items()
            if name in self.cleaned_data
        }

    @property
    def uploads(self) -> dict[str, Upload]:
        """The good files among the answers."""
        return {key: answer for key, answer in self.answers.items() if isinstance(answer, Upload)}

    @property
    def typed(self) -> str:
        """What was typed, for a place that no longer shows the form."""
        texts = (self.data.get(name, "") for name in self.known if one_line(self.data.get(name)))
        return " · ".join(str(text).strip() for text in texts)

    @property
    def is_stale(self) -> bool:
        """Answers to a form that has changed since it was shown."""
        seen = (self.cleaned_data.get("version"), self.cleaned_data.get("mark"))
        return None not in seen and seen != self.now

    def renew(self, fresh: "AnswersForm", before: Mapping[str, Any]) -> None:
        """For a form that was overtaken: what was left as it had been filled in takes the newer answer.

        `before` are the stored values by key that stood before the latest ones.
        """
        data = cast(QueryDict, self.data).copy()
        for name, one in fresh.known.items():
            if name not in fresh.initial or one.question.kind == "file":
                continue
            value = before.get(one.question.key)
            was = one.question.typed(value) if value is not None and one.question.fits(value) else None
            if _as_sent(self[name].value()) == _as_sent(was):
                newer = fresh.initial[name]
                data.setlist(name, newer if isinstance(newer, list | tuple) else [newer])
        self.data = data

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.is_stale:
            # Who was faster is said first: what is wrong with the answers is asked of the form as it stands then.
            self.errors.clear()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, one in self.known.items():
            if name in data:
                self._judge(name, one)
        return data

    def put_errors(self, error: ValidationError) -> None:
        """What the service refused, beside its question."""
        if not hasattr(error, "error_dict"):
            return super().put_errors(error)
        by_name = {
            name if (name := f"q-{key}") in self.fields else "__all__": found
            for key, found in error.error_dict.items()
        }
        return super().put_errors(ValidationError(by_name))

    def _judge(self, name: str, one: Known) -> None:
        try:
            value = one.question.stored(self._judged(name, one))
        except Unfit as unfit:
            self.add_error(name, str(unfit))
            return
        there = one.question.kind == "file" and one.value is not None
        if self.sending and one.question.required and value is None and not there:
            self.add_error(name, _("Answer this question."))

    def _answer(self, name: str, one: Known) -> Any:
        """As the service takes it: a person is the User."""
        answer = self.cleaned_data[name]
        if one.question.kind == "person":
            return self.people.get(answer)
        return answer

    def _judged(self, name: str, one: Known) -> Any:
        answer = self._answer(name, one)
        if one.question.kind == "person" and answer:
            return {"id": str(answer.pk), "name": answer.name, "email": answer.email}
        return answer


class AnswerFile(forms.FileField):
    """A file that is judged by what is in it."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, None)
        return judge_upload(file, max_bytes=settings.PORTAL_UPLOAD_MAX_MB * 1_000_000) if file else None


def _as_sent(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return sorted(str(one).replace("\r\n", "\n").strip() for one in values if one not in (None, ""))


def name_of(question: Question) -> str:
    """The field's name: no key can be taken for the version."""
    return f"q-{question.key}"


def one_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _field(one: Known, standing: Standing) -> forms.Field:
    made = _MADE[one.question.kind](one.question, standing)
    made.label, made.help_text, made.required = one.question.label, one.question.help, False
    return made


def _text(question: Any, standing: Standing) -> forms.Field:
    return forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _long_text(question: Any, standing: Standing) -> forms.Field:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


def _choice(question: Any, standing: Standing) -> forms.Field:
    options = [(option, option) for option in question.options]
    if question.required and len(options) <= FEW:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect)
    return forms.ChoiceField(choices=[("", _("No answer")), *options])


def _choices(question: Any, standing: Standing) -> forms.Field:
    options = [(option, option) for option in question.options]
    return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple)


def _number(question: Any, standing: Standing) -> forms.Field:
    limits = {name: str(limit) for name in ("min", "max") if (limit := getattr(question, name)) is not None}
    return forms.DecimalField(widget=forms.NumberInput(attrs=limits))


def _date(question: Any, standing: Standing) -> forms.Field:
    return DayField()


def _file(question: Any, standing: Standing) -> forms.Field:
    return AnswerFile(max_length=255, allow_empty_file=True)


def _person(question: Any, standing: Standing) -> forms.Field:
    people = [
        (key, f"{person.name} ({person.email})" if person.name else person.email)
        for key, person in standing.people.items()
    ]
    return forms.ChoiceField(choices=[("", _("No answer")), *people])


_MADE: Mapping[str, Any] = {
    "text": _text,
    "long_text": _long_text,
    "choice": _choice,
    "choices": _choices,
    "number": _number,
    "date": _date,
    "file": _file,
    "person": _person,
}
