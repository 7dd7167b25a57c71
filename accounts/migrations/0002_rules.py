from django.db import migrations

from portal.lib.migrations import account_key, never_changes, same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        account_key("accounts_stakeholder"),
        account_key("accounts_deal"),
        same_account("accounts_invitation", "stakeholder_id", "accounts_stakeholder"),
        same_account("accounts_contract", "deal_id", "accounts_deal"),
        never_changes("accounts_event", deletes=True),
    ]
