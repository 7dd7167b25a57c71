from django.db import migrations


class Migration(migrations.Migration):
    """The rows of Criterion say the same since 0006."""

    dependencies = [("plans", "0006_both_sides_rules")]

    operations = [
        migrations.RemoveField(model_name="stage", name="entry_criteria"),
        migrations.RemoveField(model_name="stage", name="exit_criteria"),
    ]
