"""What the demo's people answer in forms, by the key of the question; else something that its kind takes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.models import User
from plans.asking import Choice, Choices, Number, Question, read_form
from portal.lib import clock
from portal.lib.uploads import Upload

SAID: dict[str, Any] = {
    "quotes-per-month": Decimal(340),
    "people-who-quote": Decimal(85),
    "approval-channels": ["By e-mail", "In a spreadsheet"],
    "slowest-step": "With the regional director: two days on average, and a week at the end of a quarter.",
    "crm-product": "Salesforce",
    "crm-sandbox": "Yes",
    "identity-provider": "Microsoft Entra ID",
    "change-freeze": "The last five working days of each quarter, and 20 December to 2 January.",
    "security-decision": "Yes, under conditions",
    "security-conditions": "Access of the integration user is reviewed every six months.",
    "access-conditions": "Read access only until the first sample was checked.",
    "first-workflow": "Approval only above a discount",
    "discount-limit": Decimal(15),
    "approver": "The owner",
    "stand-in": "The head of the warehouse",
}


def answers_to(form: Sequence[Any], by: User) -> dict[str, Any]:
    """An answer to each question of `Task.form`, as `fill_form` takes them; people name themselves."""
    return {question.key: SAID.get(question.key, _any(question, by)) for question in read_form(form)}


def _any(question: Question, by: User) -> Any:
    if isinstance(question, Choice):
        return question.options[0]
    if isinstance(question, Choices):
        return list(question.options[:1])
    if isinstance(question, Number):
        return question.min or Decimal(1)
    if question.kind == "date":
        return clock.now().date()
    if question.kind == "file":
        return Upload(b"step,who\nrequest,sales\napproval,director\n", "steps.csv", ".csv", "text/csv")
    if question.kind == "person":
        return by if not by.is_vendor else None
    return "As discussed."
