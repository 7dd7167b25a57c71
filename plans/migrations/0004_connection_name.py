from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_delivery_signature")]

    operations = [
        migrations.AlterField(
            model_name="connection", name="name", field=models.SlugField(max_length=32, unique=True)
        ),
    ]
