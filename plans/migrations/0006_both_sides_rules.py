from django.db import migrations
from django.db.models import F

from portal.lib.migrations import account_key, never_changes, same_account

PARTS = [
    "comment",
    "commentversion",
    "criterion",
    "datemove",
    "dateproposal",
    "decision",
    "mention",
    "notification",
    "nudge",
    "signature",
    "signoff",
    "win",
    "writing",
]
POINTERS = {
    "comment": ("task", "milestone", "objective"),
    "commentversion": ("comment",),
    "criterion": ("stage", "task", "milestone"),
    "datemove": ("task", "milestone", "objective"),
    "dateproposal": ("task",),
    "decision": ("meeting",),
    "mention": ("comment",),
    "notification": ("task",),
    "nudge": ("task",),
    "signature": ("signoff",),
    "signoff": ("milestone", "stage"),
    "task": ("meeting",),
    "win": ("objective", "measurement", "milestone"),
}


def take_rules_from_playbooks(apps, schema_editor):
    """Plans made before dates kept their rule get it from their playbook, where the date is still the rule's.

    What a person moved by hand keeps an empty anchor: its day stands for itself.
    """
    Plan = apps.get_model("plans", "Plan")
    models = {"tasks": "Task", "milestones": "Milestone", "objectives": "Objective"}
    for plan in Plan.objects.select_related("playbook_version", "deal").iterator():
        for part, name in models.items():
            rules = {rule["key"]: rule["due"] for rule in plan.playbook_version.body[part]}
            rows = apps.get_model("plans", name).objects.filter(plan=plan)
            for row in rows:
                rule = rules.get(row.key)
                if rule is None or "due_on" in getattr(row, "edited_fields", []):
                    continue
                row.rule_anchor, row.rule_offset = rule["anchor"], rule.get("offset", 0)
                row.save(update_fields=["rule_anchor", "rule_offset"])
        Plan.objects.filter(pk=plan.pk).update(
            starts_on=min(plan.created_at.date(), plan.kickoff_on),
            notified_revision=F("revision"),
            signed_on=_signed_on(plan),
            first_value_on=_first_value_on(apps, plan),
        )
    apps.get_model("plans", "Objective").objects.filter(plan__live_at__isnull=False).update(
        baseline_on=F("due_on")
    )


def _signed_on(plan):
    return (plan.deal.closed_on if plan.deal else None) or plan.created_at.date()


def _first_value_on(apps, plan):
    """In UTC: the account's own day may be the next one."""
    reached = apps.get_model("plans", "Milestone").objects.filter(plan=plan, first_value=True)
    at = reached.order_by("reached_at").values_list("reached_at", flat=True).first()
    return at.date() if at else None


def make_gates_of_sentences(apps, schema_editor):
    """Plans made before gates had criteria get one for each sentence; the first stage of what is live runs."""
    Criterion, Stage = apps.get_model("plans", "Criterion"), apps.get_model("plans", "Stage")
    for stage in Stage.objects.iterator():
        Criterion.objects.bulk_create(
            Criterion(
                account_id=stage.account_id,
                plan_id=stage.plan_id,
                stage=stage,
                gate=gate,
                position=position,
                kind="confirm",
                text=text,
            )
            for gate, texts in (("entry", stage.entry_criteria), ("exit", stage.exit_criteria))
            for position, text in enumerate(texts)
        )
    Plan = apps.get_model("plans", "Plan")
    for plan in Plan.objects.filter(live_at__isnull=False).iterator():
        first = Stage.objects.filter(plan=plan).order_by("position").first()
        if first:
            Stage.objects.filter(pk=first.pk).update(opened_at=plan.live_at, opened_by=plan.live_by_id)


# Counted anew with the next act on the plan (plans/services/counting.py); until then as it was before.
COUNT_BLOCKERS = """
UPDATE plans_plan SET blocked_customer = found.blocked, customer_due_on = found.due FROM (
    SELECT t.plan_id, count(*) FILTER (WHERE t.blocked_at IS NOT NULL) AS blocked,
           min(t.due_on) FILTER (WHERE t.blocked_at IS NOT NULL OR w.task_id IS NULL) AS due
    FROM plans_task t
    LEFT JOIN (SELECT DISTINCT d.task_id FROM plans_dependency d JOIN plans_task p ON p.id = d.waits_for_id
               WHERE p.completed_at IS NULL) w ON w.task_id = t.id
    WHERE t.completed_at IS NULL AND t.side = 'customer' GROUP BY t.plan_id
) found WHERE found.plan_id = plans_plan.id
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0005_both_sides"), ("accounts", "0004_facts_and_mail")]

    operations = [
        *(account_key(f"plans_{parent}") for parent in ["meeting", "comment", "signoff", "measurement"]),
        *(same_account(f"plans_{part}", "plan_id", "plans_plan") for part in PARTS),
        *(
            same_account(f"plans_{child}", f"{parent}_id", f"plans_{parent}")
            for child, parents in POINTERS.items()
            for parent in parents
        ),
        same_account("accounts_fact", "plan_id", "plans_plan"),
        same_account("accounts_fact", "task_id", "plans_task"),
        never_changes("plans_datemove", deletes=True),
        never_changes("plans_commentversion"),
        never_changes("plans_signoff", columns=("snapshot", "digest", "milestone_id", "stage_id")),
        never_changes("accounts_fact"),
        migrations.RunPython(take_rules_from_playbooks, migrations.RunPython.noop),
        migrations.RunSQL(COUNT_BLOCKERS, migrations.RunSQL.noop),
        migrations.RunPython(make_gates_of_sentences, migrations.RunPython.noop),
    ]
