from django.db import migrations

from portal.lib.migrations import account_key, same_account
from reports.codes import code_of


def give_codes(apps, schema_editor):
    """Editions that were issued before there were codes can be found by theirs, too."""
    Edition = apps.get_model("reports", "Edition")
    for pk, sha256 in Edition.objects.exclude(snapshot_sha256="").values_list("pk", "snapshot_sha256"):
        Edition.objects.filter(pk=pk).update(code=code_of(sha256))


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_documents"), ("plans", "0009_proof_rules")]

    operations = [
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        account_key("reports_edition"),
        same_account("reports_picture", "edition_id", "reports_edition"),
    ]
