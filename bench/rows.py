"""The rows that one delivery brought into being, as plain values, to be inserted again under new keys."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Model, QuerySet

from accounts.models import Account, Contract, Deal, Event, Stakeholder, User
from bench.floors import Rows
from plans.models import Dependency, Meeting, Milestone, Notice, Objective, Plan, Stage, Task

_OF_ACCOUNT = (
    Stakeholder, Deal, Contract, Plan, Stage, Milestone, Task, Dependency, Objective, Meeting, Event, Notice,
)  # fmt: skip
_ONCE = {"email", "external_id", "domain", "dedupe_key"}


def rows_of(account: Account) -> Rows:
    """Every row that belongs to the account, people first."""
    return [(model, _values(rows)) for model, rows in _tables(account)]


def rekeyed(rows: Rows, mark: str) -> Rows:
    """The same rows with new keys, the same new one wherever the old one stood; `mark` makes names unique."""
    keys = {values["id"]: uuid4() for _model, table in rows for values in table if "id" in values}

    def fresh(name: str, value: Any) -> Any:
        if isinstance(value, UUID):
            return keys.get(value, value)
        return f"{mark}{value}" if name in _ONCE and value else value

    return [
        (model, [{name: fresh(name, value) for name, value in values.items()} for values in table])
        for model, table in rows
    ]


def _tables(account: Account) -> Iterator[tuple[type[Model], "QuerySet[Any]"]]:
    yield User, User.objects.filter(stakeholders__account=account)
    yield Account, Account.objects.filter(pk=account.pk)
    for model in _OF_ACCOUNT:
        yield model, model.objects.filter(account=account)  # type: ignore[attr-defined]


def _values(rows: "QuerySet[Any]") -> list[dict[str, Any]]:
    """Numbers that the database gives out itself are left out."""
    fields = [
        field for field in rows.model._meta.concrete_fields if field.get_internal_type() != "BigAutoField"
    ]
    return list(rows.order_by().values(*(field.attname for field in fields)))
