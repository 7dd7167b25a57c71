from django.db import migrations

from portal.lib.migrations import account_key, same_account

POINTERS = {
    "amendment": ("contract_id",),
    "entitlement": ("contract_id",),
    "cohortmember": ("contract_id",),
    "contractline": ("contract_id",),
    "contract": ("renews_id",),
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_contracts_and_brand")]

    operations = [
        account_key("accounts_contract"),
        account_key("accounts_amendment"),
        *(
            same_account(f"accounts_{child}", column, "accounts_contract")
            for child, columns in POINTERS.items()
            for column in columns
        ),
        same_account("accounts_contractline", "added_by_id", "accounts_amendment"),
        same_account("accounts_contractline", "ended_by_id", "accounts_amendment"),
    ]
