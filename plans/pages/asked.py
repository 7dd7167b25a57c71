"""A task's form as its panel shows it: questions with what is known already, or the answers to read."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from django.conf import settings
from django.forms import Form
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Fact
from accounts.permissions import Actor
from plans.asking import Question, in_words, read_form
from plans.forms.asking import AnswersForm, name_of
from plans.models import Task
from plans.permissions import sees_answers
from plans.services.knowing import Known, earlier_facts, standing_of, told_in
from portal.lib.days import long_day


def asked_context(
    task: Task, actor: Actor, forms: Mapping[str, Form] | None, *, can_fill: bool, can_send: bool
) -> dict[str, Any]:
    """The `asked` of templates/plans/_task_form.html; {} for a task without questions.

    `forms` are bound ones by their name in the template; this one's is `form_answers`.
    """
    if not task.form:
        return {}
    if not can_fill:
        return {"asked": _read(task, actor)}
    standing = standing_of(task)
    # What was typed stays; what is known may be newer than when it was typed.
    shown = AnswersForm(task=task, standing=standing)
    form = (forms or {}).get("form_answers")
    if not isinstance(form, AnswersForm):
        form = shown
    form.known, form.people = shown.known, shown.people
    if form.is_bound and form.is_stale:
        form.renew(shown, {one.key: one.value for one in earlier_facts(standing)})
    to_confirm = sum(one.to_confirm for one in standing.known)
    questions = [_question(one, form, task) for one in standing.known]
    return {
        "asked": {
            "url": reverse("task_form", args=[task.plan_id, task.pk]),
            "form": form,
            "mark": standing.mark,
            "questions": questions,
            "known_text": _known_text(to_confirm),
            "all_known": to_confirm == len(questions),
            "can_send": can_send,
            "has_file": any(one.question.kind == "file" for one in standing.known),
            "upload_max": settings.PORTAL_UPLOAD_MAX_MB * 1_000_000,
        }
    }


def source_label(fact: Fact, zone: tzinfo, *, here: bool = False) -> str:
    """Where an answer comes from, who gave it, and when: beside the question that is asked again."""
    words = _words(fact, zone)
    if here and fact.confirmed:
        return _("Confirmed by %(name)s, %(day)s") % words
    if here:
        return _("Answered by %(name)s, %(day)s") % words
    if not fact.source:
        return _("Known from %(name)s, %(day)s") % words
    return _("Known from “%(source)s”, %(name)s, %(day)s") % words


def told_label(fact: Fact, zone: tzinfo) -> str:
    """The same, for a page of nothing but answers."""
    pattern = _("“%(source)s”, %(name)s, %(day)s") if fact.source else _("%(name)s, %(day)s")
    return pattern % _words(fact, zone)


def answer_of(fact: Fact) -> dict[str, str]:
    """An answer in words; a file is a download."""
    value = fact.value
    is_file = fact.kind == "file" and isinstance(value, dict)
    return {
        "words": in_words(fact.kind, value),
        "href": reverse("fact_file", args=[fact.account_id, fact.pk]) if is_file else "",
        "size_label": filesizeformat(value["size"]) if is_file else "",
    }


def _read(task: Task, actor: Actor) -> dict[str, Any]:
    """What was answered here is for those who may see it; the questions are for all."""
    seen = sees_answers(actor, task)
    told = told_in(task) if seen else {}
    zone = task.plan.account.zone
    return {
        "answers_seen": seen,
        "answers": [_answer(question, told.get(question.key), zone) for question in read_form(task.form)],
    }


def _answer(question: Question, told: Fact | None, zone: tzinfo) -> dict[str, Any]:
    if told is None or told.value is None:
        return {"label": question.label, "note": ""}
    return {"label": question.label, "note": source_label(told, zone, here=True), **answer_of(told)}


def _question(one: Known, form: AnswersForm, task: Task) -> dict[str, Any]:
    name = name_of(one.question)
    told = one.fact if one.fact and one.fact.value is not None else None
    return {
        "field": form[name],
        "kind": one.question.kind,
        "optional": not one.question.required,
        "unit": getattr(one.question, "unit", ""),
        "to_confirm": one.to_confirm,
        "note": source_label(told, task.plan.account.zone, here=one.here) if told else "",
        # Said in words where the field itself does not show it.
        "now": answer_of(told) if told and _is_elsewhere(one, form) else None,
    }


def _is_elsewhere(one: Known, form: AnswersForm) -> bool:
    """Whether the field shows something else than the answer that stands: a file, what no longer fits, or typing."""
    if one.question.kind == "file" or not one.fits:
        return True
    return form.is_bound and _plain(form[name_of(one.question)].value()) != _plain(
        one.question.typed(one.value)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    return str(value or "").replace("\r\n", "\n").strip()


def _words(fact: Fact, zone: tzinfo) -> dict[str, str]:
    return {
        "source": fact.source,
        "name": str(fact.said_by or _("The portal")),
        "day": long_day(fact.said_at.astimezone(zone).date()),
    }


def _known_text(number: int) -> str:
    if not number:
        return ""
    return ngettext(
        "%(n)d answer is known already. Look at it, and change what is different now.",
        "%(n)d answers are known already. Look at them, and change what is different now.",
        number,
    ) % {"n": number}
