"""The counts that a plan carries, written by one statement together with its revision."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection

from portal.lib import clock

# A task is ready when it is open, not blocked, and nothing that it waits for is open. Whose turn it is follows
# docs/turn.md: whoever clears the way, whoever has to answer about another day, else its side.
_TOUCH = """
WITH counted AS (
    SELECT count(*) AS total,
           count(*) FILTER (WHERE t.completed_at IS NOT NULL) AS done,
           count(*) FILTER (WHERE t.blocked_at IS NOT NULL) AS blocked,
           count(*) FILTER (WHERE t.completed_at IS NULL AND t.owner_id IS NULL) AS unowned,
           count(*) FILTER (WHERE t.completed_at IS NULL AND t.blocked_at IS NULL AND w.task_id IS NULL
                            AND t.side = 'vendor') AS ready_vendor,
           count(*) FILTER (WHERE t.completed_at IS NULL AND t.blocked_at IS NULL AND w.task_id IS NULL
                            AND t.side = 'customer') AS ready_customer,
           min(t.due_on) FILTER (WHERE t.completed_at IS NULL) AS next_due,
           count(*) FILTER (WHERE t.blocked_at IS NOT NULL
                            AND coalesce(nullif(t.blocked_on, ''), t.side) = 'customer') AS blocked_customer,
           min(t.due_on) FILTER (WHERE t.completed_at IS NULL AND CASE
               WHEN t.blocked_at IS NOT NULL THEN coalesce(nullif(t.blocked_on, ''), t.side) = 'customer'
               WHEN t.proposed_on IS NOT NULL THEN t.side = 'vendor'
               ELSE w.task_id IS NULL AND t.side = 'customer' END) AS customer_due
    FROM plans_task t
    LEFT JOIN (SELECT DISTINCT d.task_id FROM plans_dependency d JOIN plans_task p ON p.id = d.waits_for_id
               WHERE d.plan_id = %(plan)s AND p.plan_id = %(plan)s AND p.completed_at IS NULL) w
           ON w.task_id = t.id
    WHERE t.plan_id = %(plan)s
), claims AS (
    SELECT claimed_side FROM plans_evidence
    WHERE plan_id = %(plan)s AND accepted_at IS NULL AND returned_at IS NULL
    UNION ALL
    SELECT claimed_side FROM plans_measurement
    WHERE plan_id = %(plan)s AND accepted_at IS NULL AND returned_at IS NULL
), reviews AS (
    SELECT count(*) FILTER (WHERE claimed_side = 'customer') AS vendor,
           count(*) FILTER (WHERE claimed_side = 'vendor') AS customer
    FROM claims
)
UPDATE plans_plan SET
    revision = revision + 1, changed_at = %(now)s,
    tasks_total = total, tasks_done = done, tasks_blocked = blocked, tasks_unowned = unowned,
    ready_vendor = counted.ready_vendor, ready_customer = counted.ready_customer,
    reviews_vendor = reviews.vendor, reviews_customer = reviews.customer,
    next_due_on = next_due, blocked_customer = counted.blocked_customer, customer_due_on = customer_due
FROM counted, reviews WHERE plans_plan.id = %(plan)s
RETURNING plans_plan.revision, plans_plan.tasks_total, plans_plan.tasks_done
"""


class PlanCounts(NamedTuple):
    revision: int
    total: int
    done: int


def touch_plan(plan_id: UUID) -> PlanCounts:
    """Say that something on the plan changed: count anew, and let the revision grow by one."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, {"plan": plan_id, "now": clock.now()})
        return PlanCounts(*cursor.fetchone())
