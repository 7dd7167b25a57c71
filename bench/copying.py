"""Accounts by the thousand: rows of the measured one copied inside the database, a statement a table."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from plans.models import Plan
from plans.services.counting import touch_plan

# Which rows of each table belong to the account that is copied, `%(account)s`.
_OF_ACCOUNT = "account_id = %(account)s"
_TABLES = {
    "accounts_user": "id IN (SELECT user_id FROM accounts_stakeholder WHERE account_id = %(account)s)",
    "accounts_account": "id = %(account)s",
    **dict.fromkeys(
        (
            "accounts_stakeholder", "accounts_deal", "accounts_contract", "plans_plan", "plans_stage",
            "plans_milestone", "plans_task", "plans_dependency", "plans_objective", "plans_measurement",
            "plans_evidence", "plans_meeting",
        ),
        _OF_ACCOUNT,
    ),
    # A page of history for each plan.
    "accounts_event": "id IN (SELECT id FROM accounts_event WHERE account_id = %(account)s "
    "ORDER BY id DESC LIMIT 30)",
}  # fmt: skip
_DONE = "position < n * 7 %% 65"
# What differs from copy to copy, beside the keys: names, and how far and how late each plan is.
_VARIED = {
    ("accounts_user", "email"): "'n' || n || '.' || email",
    ("accounts_account", "name"): "name || ' ' || n",
    ("accounts_account", "domain"): "'n' || n || '.' || domain",
    ("accounts_account", "external_id"): "external_id || '-' || n",
    ("accounts_deal", "external_id"): "external_id || '-' || n",
    ("plans_plan", "name"): "name || ' ' || n",
    ("plans_task", "due_on"): "due_on + n %% 60 - 30",
    ("plans_task", "completed_at"): f"CASE WHEN {_DONE} THEN coalesce(completed_at, now()) END",
    ("plans_task", "completed_by_id"): f"CASE WHEN {_DONE} THEN %(csm)s END",
    ("plans_task", "blocked_at"): f"CASE WHEN NOT {_DONE} THEN blocked_at END",
    ("plans_task", "blocked_by_id"): f"CASE WHEN NOT {_DONE} THEN %(csm)s END",
}


@transaction.atomic
def copy_account(plan: Plan, csm: User, *, copies: int) -> None:
    """`copies` more accounts like the plan's, each with people and plan of its own, all owned by `csm`."""
    facts = {"account": plan.account_id, "csm": csm.pk, "last": copies}
    kept = [csm.pk, plan.playbook_version_id]
    with connection.cursor() as cursor:
        for table, which in _TABLES.items():
            columns = _columns(table)
            values = ", ".join(_value(table, name, kind, kept) for name, kind in columns)
            names = ", ".join(name for name, _kind in columns)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} "
                f"FROM {table} CROSS JOIN generate_series(1, %(last)s) n WHERE {which}",
                facts,
            )
        # Without it the counting below knows nothing of the tables' new sizes and reads them whole.
        cursor.execute("ANALYZE")
    for plan_id in Plan.objects.exclude(pk=plan.pk).values_list("pk", flat=True):
        touch_plan(plan_id)


def _columns(table: str) -> Sequence[tuple[str, str]]:
    """Name and type of each column that is not a counter of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''",
            [table],
        )
        return cursor.fetchall()


def _value(table: str, name: str, kind: str, kept: Sequence[UUID]) -> str:
    """The column as it is, or varied, or, for a key, the same new key wherever the old one stands."""
    if varied := _VARIED.get((table, name)):
        return varied
    if kind != "uuid":
        return name
    same = ", ".join(f"'{key}'" for key in kept)
    return f"CASE WHEN {name} IN ({same}) THEN {name} ELSE md5({name}::text || n)::uuid END"
