from django.db import migrations

from portal.lib.migrations import account_key, never_changes, same_account

PARTS = ["stage", "milestone", "task", "dependency", "objective", "measurement", "evidence", "meeting"]


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("accounts", "0002_rules")]

    operations = [
        *(account_key(f"plans_{parent}") for parent in ["plan", "stage", "milestone", "task", "objective"]),
        *(same_account(f"plans_{part}", "plan_id", "plans_plan") for part in PARTS),
        same_account("plans_plan", "deal_id", "accounts_deal"),
        same_account("plans_milestone", "stage_id", "plans_stage"),
        same_account("plans_task", "milestone_id", "plans_milestone"),
        same_account("plans_dependency", "task_id", "plans_task"),
        same_account("plans_dependency", "waits_for_id", "plans_task"),
        same_account("plans_evidence", "task_id", "plans_task"),
        same_account("plans_measurement", "objective_id", "plans_objective"),
        same_account("plans_notice", "deal_id", "accounts_deal"),
        same_account("plans_notice", "plan_id", "plans_plan"),
        same_account("accounts_event", "plan_id", "plans_plan"),
        same_account("accounts_event", "task_id", "plans_task"),
        never_changes("plans_playbookversion", columns=("body", "digest", "number", "name", "playbook_id")),
    ]
