from django.db import migrations

from portal.lib.migrations import same_account


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("plans", "0002_rules")]

    operations = [same_account("reports_edition", "plan_id", "plans_plan")]
