"""What an account has told about the questions of a form: the latest answer to each, and whether it can stay."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Fact, Stakeholder, User
from plans.asking import Question, read_form
from plans.models import Task


@dataclass(frozen=True)
class Known:
    """A question of a form and the latest answer to it on the account.

    `fits`: the answer can stand in this form as it is. `here`: it was given or confirmed in this task.
    """

    question: Question
    fact: Fact | None
    fits: bool
    here: bool

    @property
    def value(self) -> Any:
        """The stored value where it fits, else None."""
        return self.fact.value if self.fact and self.fits else None

    @property
    def to_confirm(self) -> bool:
        return self.value is not None and not self.here


@dataclass(frozen=True)
class Standing:
    """How a form stands: what is known, in the order of its questions, and who may be named in it."""

    known: Sequence[Known]
    people: Mapping[str, User]

    @property
    def mark(self) -> str:
        """Another one as soon as another answer stands, wherever it was given."""
        ids = "".join(str(one.fact.pk) for one in self.known if one.fact)
        return hashlib.sha256(ids.encode()).hexdigest()[:16]


def standing_of(task: Task) -> Standing:
    """Two queries at most, whatever the number of questions."""
    questions = read_form(task.form)
    keys = [question.key for question in questions]
    facts = Fact.objects.filter(account=task.account_id, key__in=keys).current().select_related("said_by")
    latest = {fact.key: fact for fact in facts}
    people = _people(task) if any(question.kind == "person" for question in questions) else {}
    return Standing(
        [_known(question, latest.get(question.key), task, people) for question in questions], people
    )


def earlier_facts(standing: Standing) -> list[Fact]:
    """What stood before the latest answers, one for each question that had one; one query."""
    latest = [one.fact for one in standing.known if one.fact]
    if not latest:
        return []
    before = Fact.objects.filter(account=latest[0].account_id, key__in=[fact.key for fact in latest])
    return list(before.exclude(pk__in=[fact.pk for fact in latest]).current())


def told_in(task: Task) -> dict[str, Fact]:
    """The latest answers that were given or confirmed in this task, by key."""
    told = Fact.objects.filter(account=task.account_id, task_id=task.pk)
    return {fact.key: fact for fact in told.current().select_related("said_by")}


def missing_answers(task: Task) -> list[Question]:
    """The required questions of a form that have no answer in this task yet."""
    required = [question for question in read_form(task.form) if question.required]
    if not required:
        return []
    told = told_in(task)
    return [question for question in required if question.key not in told or told[question.key].value is None]


def _known(question: Question, fact: Fact | None, task: Task, people: Mapping[str, User]) -> Known:
    if fact is None or fact.value is None:
        return Known(question, fact, fits=False, here=False)
    fits = fact.kind == question.kind and question.fits(fact.value)
    if question.kind == "person":
        fits = fits and fact.value["id"] in people
    return Known(question, fact, fits=fits, here=fact.task_id == task.pk)


def _people(task: Task) -> dict[str, User]:
    present = Stakeholder.objects.present().filter(account=task.account_id, user__is_active=True)
    people = [stakeholder.user for stakeholder in present.select_related("user")]
    return {str(person.pk): person for person in sorted(people, key=lambda person: str(person).casefold())}
