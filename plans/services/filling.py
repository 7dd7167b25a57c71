"""Forms are filled in: answers become facts of the account, and sending them completes the task."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Event, Fact, User
from accounts.permissions import Actor
from plans.asking import Question, Unfit, is_same
from plans.models import Task
from plans.permissions import require_on_task
from plans.services.knowing import Known, Standing, standing_of
from plans.services.locking import Conflict
from plans.services.taking import Act, record_on_task, require_open, save_task, settle_act, take_task
from plans.services.working import put_completed, require_completable
from portal.lib.files import keep_file
from portal.lib.uploads import Upload

Answers = Mapping[str, Any]


@transaction.atomic
def fill_form(
    *,
    by: Actor,
    task: Task,
    version: int,
    answers: Answers,
    complete: bool,
    confirm: bool = False,
    mark: str | None = None,
) -> Act:
    """Keep the answers, and complete the task where `complete` says so; else some of them are enough.

    `answers` are Python values by the question's key: text, a list, Decimal, date, Upload, User; None for no answer.
    A question that is left out stays as it is, and so does a file without a new one. What was known before and is
    sent, or saved with `confirm`, unchanged, is confirmed. `mark` is the `Standing.mark` that the person saw:
    Conflict where another form has brought an answer since.
    """
    task = _take(by, task, version)
    standing = standing_of(task)
    if mark is not None and mark != standing.mark:
        raise Conflict(task, _latest_form(task))
    if complete:
        require_on_task(by, "task.complete", task)
        require_completable(task)
    values = _judged(answers, standing)
    if complete:
        _require_all(values, standing)
    facts = _new_facts(by, task, values, standing, confirm=confirm or complete)
    if not facts and not complete:
        raise ValidationError(_("There is nothing new to save."))
    _keep_files(facts, answers)
    Fact.objects.bulk_create(facts)
    new = {"answers": len(facts), "sent": complete}
    event = record_on_task(by, task, Verb.TASK_FORM_FILLED, new=new)
    if complete:
        return put_completed(by, task)
    save_task(task)
    return settle_act(task, event)


def _take(by: Actor, task: Task, version: int) -> Task:
    locked = take_task(by, "form.fill", task, version)
    if not locked.form:
        raise ValidationError(_("This task has no questions."))
    require_open(locked)
    return locked


def _judged(answers: Answers, standing: Standing) -> dict[str, Any]:
    """The stored values by key. Raises ValidationError with all that is wrong."""
    asked = {known.question.key: known.question for known in standing.known}
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, answer in answers.items():
        if key not in asked:
            raise ValidationError(_("This task does not ask for that."))
        try:
            values[key] = _value(asked[key], answer, standing)
        except Unfit as unfit:
            wrong[key] = str(unfit)
    if wrong:
        raise ValidationError(wrong)
    return values


def _value(question: Question, answer: Any, standing: Standing) -> Any:
    if question.kind == "person" and isinstance(answer, User):
        if str(answer.pk) not in standing.people:
            raise Unfit(_("Choose a person of the account."))
        answer = {"id": str(answer.pk), "name": answer.name, "email": answer.email}
    return question.stored(answer)


def _after(known: Known, values: Mapping[str, Any]) -> Any:
    """What stands once the form is kept; what was not even shown does not count as answered here."""
    key = known.question.key
    if key not in values:
        return known.value if known.here else None
    if values[key] is None and known.question.kind == "file":
        return known.value
    return values[key]


def _require_all(values: Mapping[str, Any], standing: Standing) -> None:
    missing = [
        one.question.key for one in standing.known if one.question.required and _after(one, values) is None
    ]
    if missing:
        raise ValidationError({key: _("Answer this question.") for key in missing})


def _new_facts(
    by: Actor, task: Task, values: Mapping[str, Any], standing: Standing, *, confirm: bool
) -> list[Fact]:
    facts = []
    for known in standing.known:
        if known.question.key not in values:
            continue
        value = _after(known, values)
        if not is_same(value, known.value):
            facts.append(_fact(by, task, known.question, value))
        elif known.to_confirm and confirm:
            facts.append(_fact(by, task, known.question, known.value, confirmed=True))
    return facts


def _fact(by: Actor, task: Task, question: Question, value: Any, *, confirmed: bool = False) -> Fact:
    return Fact(
        account_id=task.account_id,
        key=question.key,
        label=question.label,
        kind=question.kind,
        value=value,
        source=task.title,
        plan_id=task.plan_id,
        task_id=task.pk,
        confirmed=confirmed,
        said_by=by.user,
    )


def _keep_files(facts: list[Fact], answers: Answers) -> None:
    """Written before the rows: a transaction that fails leaves a file that no row names, never the reverse."""
    for fact in facts:
        upload = answers.get(fact.key)
        if isinstance(upload, Upload) and not fact.confirmed:
            fact.value["file"] = keep_file(upload.content, upload.extension)


def _latest_form(task: Task) -> Event | None:
    return Event.objects.filter(account=task.account_id, verb=Verb.TASK_FORM_FILLED).first()
