"""Plans whose tasks are forms: every kind of question, and the way to send answers."""

from typing import Any

from plans.models import Plan, Task
from plans.playbook.schema import Playbook
from tests.factories import make_live_plan, playbook_text

EVERY_KIND: list[dict[str, Any]] = [
    {"key": "product-name", "label": "What do you call it?", "kind": "text"},
    {"key": "story", "label": "Tell us more", "kind": "long_text", "required": False, "help": "As long as you like."},
    {"key": "region", "label": "Where is the data?", "kind": "choice", "options": ["Europe", "America"]},
    {"key": "systems", "label": "Which systems?", "kind": "choices", "options": ["CRM", "ERP", "Mail"],
     "required": False},
    {"key": "seats", "label": "How many seats?", "kind": "number", "unit": "seats", "min": 1, "max": 5000},
    {"key": "audit-day", "label": "When is the audit?", "kind": "date", "required": False},
    {"key": "diagram", "label": "A picture of it", "kind": "file", "required": False},
    {"key": "security-contact", "label": "Who answers for security?", "kind": "person", "required": False},
]  # fmt: skip
AGAIN = [
    EVERY_KIND[0],
    EVERY_KIND[4],
    {"key": "budget", "label": "The budget", "kind": "number", "unit": "EUR"},
]


def form_text(forms: dict[str, list[dict[str, Any]]], **parts: Any) -> Playbook:
    """The small playbook, with forms by task key."""
    body = playbook_text(**parts).model_dump(mode="json")
    for task in body["tasks"]:
        task["form"] = forms.get(task["key"], [])
    return Playbook.model_validate(body)


def form_plan(
    forms: dict[str, list[dict[str, Any]]] | None = None, *, key: str = "forms", **order: Any
) -> Plan:
    """Task 1 asks every kind, task 3 asks two of them again and one more; both are the champion's."""
    if forms is None:
        forms = {"task-1": EVERY_KIND, "task-3": AGAIN}
    text = form_text(forms, key=key)
    return make_live_plan(text=text, **order)


def address(task: Task) -> str:
    return f"/plans/{task.plan_id}/tasks/{task.pk}/form/"
