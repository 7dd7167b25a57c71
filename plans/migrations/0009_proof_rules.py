from django.db import migrations

from portal.lib.migrations import account_key, never_changes, same_account

PARTS = ["renewal", "renewalwindow", "renewalitem", "renewaloption", "offerline"]
POINTERS = {
    "renewalwindow": {"renewal_id": "plans_renewal"},
    "renewalitem": {
        "renewal_id": "plans_renewal",
        "window_id": "plans_renewalwindow",
        "task_id": "plans_task",
    },
    "renewaloption": {"renewal_id": "plans_renewal"},
    "offerline": {"option_id": "plans_renewaloption"},
    "renewal": {"contract_id": "accounts_contract", "new_contract_id": "accounts_contract"},
    "measurement": {"evidence_id": "plans_evidence"},
}
WORDS = ("account_id", "period_from", "period_to", "source_id")


class Migration(migrations.Migration):
    dependencies = [("plans", "0008_proof"), ("accounts", "0006_contract_rules")]

    operations = [
        *(account_key(f"plans_{parent}") for parent in ["renewal", "renewalwindow", "renewaloption", "evidence"]),
        *(same_account(f"plans_{part}", "plan_id", "plans_plan") for part in PARTS),
        *(
            same_account(f"plans_{child}", column, parent)
            for child, columns in POINTERS.items()
            for column, parent in columns.items()
        ),
        # A figure is replaced by another one, never changed.
        never_changes(
            "plans_usagefigure",
            columns=(*WORDS, "team", "role", "feature", "active_users", "seats", "quantity"),
        ),
        never_changes("plans_supportfigure", columns=(*WORDS, "opened", "closed", "late")),
    ]
